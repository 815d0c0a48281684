// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/http/http_client.h"

namespace cardata {

struct VehicleImage {
  std::string file;
  std::string media_type;  // without parameters, in lower case: "image/png"
};

// The picture in an answer. Its kind is what Content-Type says, if that is some image/..., or else
// what the file itself says (PNG and JPEG).
//   UPSTREAM_MALFORMED: it is no picture.
absl::StatusOr<VehicleImage> ParseVehicleImage(HttpResponse response);

}  // namespace cardata
