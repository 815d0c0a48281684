// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/http/http_client.h"

namespace cardata {

// For the simulator's control interface: waits for the answer on the calling thread.
absl::StatusOr<HttpResponse> HttpGet(const std::string& url);

// Posts JSON.
absl::StatusOr<HttpResponse> HttpPost(const std::string& url, const std::string& json = "");

// Any request, also by HTTPS to whom `ca_file` vouches for.
absl::StatusOr<HttpResponse> HttpSend(HttpRequest request, const std::string& ca_file);
// Sends JSON with another method.
absl::StatusOr<HttpResponse> HttpSend(const std::string& method, const std::string& url,
                                      const std::string& json);

}  // namespace cardata
