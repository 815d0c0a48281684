// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/app/config.h"

namespace cardata {

// `config` as a file that --config takes, with everything that is to be known about each setting in
// comments. It holds no secret: settings name the files that do.
std::string PrintConfig(Config config);

}  // namespace cardata
