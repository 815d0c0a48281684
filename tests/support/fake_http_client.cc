// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_http_client.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cardata {
namespace {

std::string PathOf(absl::string_view url) {
  const size_t host = url.find("://");
  const size_t path = host == absl::string_view::npos ? 0 : url.find('/', host + 3);
  if (path == absl::string_view::npos) return "/";
  return std::string(url.substr(path, url.find('?', path) - path));
}

std::string DecodePercent(absl::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      out += absl::HexStringToBytes(text.substr(at + 1, 2));
      at += 2;
    } else {
      out += text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

}  // namespace

FakeHttpClient::~FakeHttpClient() {
  thread_.Stop();
  for (Hanging& each : hanging_) {
    each.on_stop.reset();
    each.done(absl::CancelledError("the HTTP client is being destroyed"));
  }
}

void FakeHttpClient::Answer(absl::string_view method, absl::string_view path,
                            absl::StatusOr<HttpResponse> answer) {
  std::lock_guard lock(mutex_);
  answers_[{std::string(method), std::string(path)}].push_back(std::move(answer));
}

void FakeHttpClient::Answer(absl::string_view method, absl::string_view path, int status,
                            absl::string_view body) {
  HttpResponse response;
  response.status = status;
  response.body = std::string(body);
  Answer(method, path, std::move(response));
}

void FakeHttpClient::Hang(absl::string_view method, absl::string_view path) {
  std::lock_guard lock(mutex_);
  answers_[{std::string(method), std::string(path)}].push_back(std::nullopt);
}

std::vector<HttpRequest> FakeHttpClient::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

void FakeHttpClient::Send(HttpRequest request, Done done) {
  const std::string path = PathOf(request.url);
  std::optional<absl::StatusOr<HttpResponse>> answer =
      absl::UnimplementedError(absl::StrCat("no answer for ", request.method, " ", path));
  const std::stop_token stop = request.stop;
  {
    std::lock_guard lock(mutex_);
    auto& answers = answers_[{request.method, path}];
    if (!answers.empty()) {
      answer = std::move(answers.front());
      answers.pop_front();
    }
    requests_.push_back(std::move(request));
  }
  thread_.Post([this, stop, answer = std::move(answer), done = std::move(done)]() mutable {
    if (stop.stop_requested()) {
      done(absl::CancelledError("the request was cancelled"));
    } else if (answer) {
      done(*std::move(answer));
    } else {
      const auto hanging = hanging_.emplace(hanging_.end());
      hanging->done = std::move(done);
      hanging->on_stop.emplace(stop, [this, hanging] {
        thread_.Post([this, hanging] {
          Done cancelled = std::move(hanging->done);
          hanging_.erase(hanging);
          cancelled(absl::CancelledError("the request was cancelled"));
        });
      });
    }
  });
}

std::map<std::string, std::string> DecodeForm(absl::string_view body) {
  std::map<std::string, std::string> fields;
  for (absl::string_view field : absl::StrSplit(body, '&')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(field, absl::MaxSplits('=', 1));
    fields[DecodePercent(parts.first)] = DecodePercent(parts.second);
  }
  return fields;
}

}  // namespace cardata
