// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http.h"

#include <future>
#include <utility>

#include "server/http/curl_http_client.h"

namespace cardata {

absl::StatusOr<HttpResponse> HttpSend(HttpRequest request, const std::string& ca_file) {
  CurlHttpOptions options;
  options.allow_http = true;
  options.ca_file = ca_file;
  CurlHttpClient client(options);
  std::promise<absl::StatusOr<HttpResponse>> answer;
  client.Send(std::move(request), [&answer](absl::StatusOr<HttpResponse> response) {
    answer.set_value(std::move(response));
  });
  return answer.get_future().get();
}

absl::StatusOr<HttpResponse> HttpGet(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return HttpSend(std::move(request), "");
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
  return HttpSend(std::move(request), "");
}

}  // namespace cardata
