// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cardata {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // https only, unless the client was built to allow http
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  absl::Duration timeout = absl::Seconds(30);  // from Send to the last byte
  std::stop_token stop;                        // a stop request ends it with CANCELLED
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  int http_version = 0;  // 11 or 20

  // The first value of a header, or empty.
  absl::string_view Header(absl::string_view lower_case_name) const;
};

// The seam to HTTP. Thread-safe; never blocks.
class HttpClient {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<HttpResponse>)>;

  virtual ~HttpClient() = default;

  // Sends `request` and calls `done` exactly once, on a thread of the client's, which it must not
  // block.
  //
  // A POST is never sent twice. What has no body may be sent again where a connection ends without
  // an answer.
  //
  // Any HTTP status is a success here: what it means is for the caller to say. The errors are:
  //   UNAVAILABLE: no connection, TLS refused, connection lost; the message says which and names
  //   the host. DEADLINE_EXCEEDED: `timeout` passed. CANCELLED: `stop` was requested, or the client
  //   is being destroyed. RESOURCE_EXHAUSTED: the body is larger than the client takes.
  //   INVALID_ARGUMENT: the URL is malformed or its scheme not allowed, or a header holds a line
  //   break.
  // No message holds the request's headers, body or query.
  virtual void Send(HttpRequest request, Done done) = 0;
};

}  // namespace cardata
