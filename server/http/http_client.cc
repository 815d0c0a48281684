// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_client.h"

namespace cardata {

absl::string_view HttpResponse::Header(absl::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

}  // namespace cardata
