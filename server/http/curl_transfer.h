// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/http/curl_http_client.h"

// The part of CurlHttpClient that deals with one request; nobody else includes this file.
namespace cardata::curl_internal {

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One request under way. Only the loop's thread touches it.
struct Transfer {
  HttpRequest request;
  HttpClient::Done done;
  std::chrono::steady_clock::time_point deadline;
  size_t max_bytes = 0;

  std::string host;  // with the port; the one part of the URL that errors may name
  std::unique_ptr<CURL, EasyCleanup> easy;
  std::unique_ptr<curl_slist, ListFree> headers;
  char error[CURL_ERROR_SIZE] = {};
  HttpResponse response;
  size_t header_bytes = 0;
  bool too_large = false;
  std::optional<std::stop_callback<std::function<void()>>> on_stop;

  // Sets everything up but the way into the multi handle. An error for a request that cannot be
  // sent.
  absl::Status Prepare(const CurlHttpOptions& options);

  // What the transfer came to, once curl has ended it with `code`.
  absl::StatusOr<HttpResponse> Result(CURLcode code);

 private:
  absl::Status ParseUrl(bool allow_http);
  absl::Status AddHeaders();
};

}  // namespace cardata::curl_internal
