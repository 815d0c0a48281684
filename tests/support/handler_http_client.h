// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "server/http/http_client.h"

namespace cardata {

// Answers at once with what a function says.
class HandlerHttpClient : public HttpClient {
 public:
  std::function<absl::StatusOr<HttpResponse>(const HttpRequest&)> handler;

  void Send(HttpRequest request, Done done) override { done(handler(request)); }
};

}  // namespace cardata
