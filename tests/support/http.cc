// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http.h"

#include <future>
#include <utility>

#include "server/http/curl_http_client.h"

namespace cardata {
namespace {

absl::StatusOr<HttpResponse> Send(HttpRequest request) {
  CurlHttpOptions options;
  options.allow_http = true;
  CurlHttpClient client(options);
  std::promise<absl::StatusOr<HttpResponse>> answer;
  client.Send(std::move(request), [&answer](absl::StatusOr<HttpResponse> response) {
    answer.set_value(std::move(response));
  });
  return answer.get_future().get();
}

}  // namespace

absl::StatusOr<HttpResponse> HttpGet(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return Send(std::move(request));
}

absl::StatusOr<HttpResponse> HttpPost(const std::string& url, const std::string& json) {
  return HttpSend("POST", url, json);
}

absl::StatusOr<HttpResponse> HttpSend(const std::string& method, const std::string& url,
                                      const std::string& json) {
  HttpRequest request;
  request.method = method;
  request.url = url;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = json;
  return Send(std::move(request));
}

}  // namespace cardata
