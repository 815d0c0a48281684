// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/base/serial_executor.h"
#include "server/http/http_client.h"

namespace cardata {

// Answers as a test has scripted them, by method and path, and keeps what was asked. `done` runs on
// a thread of its own.
class FakeHttpClient : public HttpClient {
 public:
  // Ends the requests that hang with CANCELLED.
  ~FakeHttpClient() override;

  // The answers to `method` and `path` (without host and query) are used once each, in order. A
  // request that finds none gets UNIMPLEMENTED.
  void Answer(absl::string_view method, absl::string_view path,
              absl::StatusOr<HttpResponse> answer);
  void Answer(absl::string_view method, absl::string_view path, int status, absl::string_view body);

  // The next request hangs until it is stopped.
  void Hang(absl::string_view method, absl::string_view path);

  // What was sent so far, oldest first.
  std::vector<HttpRequest> requests() const;

  void Send(HttpRequest request, Done done) override;

 private:
  using Key = std::pair<std::string, std::string>;
  struct Hanging {
    Done done;
    std::optional<std::stop_callback<std::function<void()>>> on_stop;
  };

  // Everything below is touched on thread_ alone, but requests_ and answers_.
  std::list<Hanging> hanging_;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::map<Key, std::deque<std::optional<absl::StatusOr<HttpResponse>>>> answers_;
  SerialExecutor thread_;
};

// Decodes an application/x-www-form-urlencoded body.
std::map<std::string, std::string> DecodeForm(absl::string_view body);

}  // namespace cardata
