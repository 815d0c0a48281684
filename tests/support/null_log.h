// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/base/log.h"

namespace cardata {

class NullLog : public Log {
 public:
  void Write(Level, absl::string_view, Fields) override {}
};

}  // namespace cardata
