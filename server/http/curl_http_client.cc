// SPDX-License-Identifier: Apache-2.0
#include "server/http/curl_http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/http/curl_transfer.h"

namespace cardata {
namespace {

using curl_internal::Transfer;
using SteadyClock = std::chrono::steady_clock;
constexpr auto kLongestPoll = std::chrono::seconds(60);

}  // namespace

class CurlHttpClient::Loop {
 public:
  explicit Loop(CurlHttpOptions options) : options_(std::move(options)) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (initialised != CURLE_OK) std::abort();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, long{CURLPIPE_MULTIPLEX});
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS,
                      static_cast<long>(options_.max_connections_per_host));
    thread_ = std::thread([this] { Run(); });
  }

  ~Loop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    curl_multi_cleanup(multi_);
  }

  void Add(std::unique_ptr<Transfer> transfer) {
    {
      std::lock_guard lock(mutex_);
      added_.push_back(std::move(transfer));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  using Transfers = std::list<std::unique_ptr<Transfer>>;

  void Run() {
    while (StartAdded()) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      FinishDone();
      FinishUnwanted();
      curl_multi_poll(multi_, nullptr, 0, PollMilliseconds(), nullptr);
    }
    // A `done` may send once more.
    do {
      for (Transfers last = std::exchange(active_, {}); auto& transfer : last)
        Finish(std::move(transfer), absl::CancelledError("the HTTP client is being destroyed"));
      StartAdded();
    } while (!active_.empty());
  }

  // False once the client is being destroyed.
  bool StartAdded() {
    std::vector<std::unique_ptr<Transfer>> added;
    bool stopping;
    {
      std::lock_guard lock(mutex_);
      added.swap(added_);
      stopping = stopping_;
    }
    for (auto& transfer : added) {
      if (absl::Status status = transfer->Prepare(options_); !status.ok()) {
        Finish(std::move(transfer), std::move(status));
        continue;
      }
      transfer->on_stop.emplace(transfer->request.stop, [this] { curl_multi_wakeup(multi_); });
      curl_multi_add_handle(multi_, transfer->easy.get());
      active_.push_back(std::move(transfer));
    }
    return !stopping;
  }

  void FinishDone() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      const auto found = std::find_if(active_.begin(), active_.end(),
                                      [&](const auto& each) { return each.get() == transfer; });
      auto owned = std::move(*found);
      active_.erase(found);
      auto result = owned->Result(code);
      Finish(std::move(owned), std::move(result));
    }
  }

  void FinishUnwanted() {
    const auto now = SteadyClock::now();
    for (auto each = active_.begin(); each != active_.end();) {
      Transfer& transfer = **each;
      const bool stopped = transfer.request.stop.stop_requested();
      if (!stopped && transfer.deadline > now) {
        ++each;
        continue;
      }
      auto owned = std::move(*each);
      each = active_.erase(each);
      absl::Status status = stopped ? absl::CancelledError("the request was cancelled")
                                    : absl::DeadlineExceededError(absl::StrCat(
                                          owned->host, " did not answer within ",
                                          absl::FormatDuration(owned->request.timeout)));
      Finish(std::move(owned), std::move(status));
    }
  }

  void Finish(std::unique_ptr<Transfer> transfer, absl::StatusOr<HttpResponse> result) {
    transfer->on_stop.reset();
    if (transfer->easy) curl_multi_remove_handle(multi_, transfer->easy.get());
    HttpClient::Done done = std::move(transfer->done);
    transfer.reset();
    done(std::move(result));
  }

  int PollMilliseconds() const {
    auto until = SteadyClock::now() + kLongestPoll;
    for (const auto& transfer : active_) until = std::min(until, transfer->deadline);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - SteadyClock::now());
    return static_cast<int>(std::max<int64_t>(left.count(), 0));
  }

  const CurlHttpOptions options_;
  CURLM* multi_ = nullptr;
  Transfers active_;  // the thread's own
  std::mutex mutex_;
  std::vector<std::unique_ptr<Transfer>> added_;
  bool stopping_ = false;
  std::thread thread_;
};

CurlHttpClient::CurlHttpClient(CurlHttpOptions options)
    : loop_(std::make_unique<Loop>(std::move(options))) {}

CurlHttpClient::~CurlHttpClient() = default;

void CurlHttpClient::Send(HttpRequest request, Done done) {
  // A timeout of years is as good as any that is longer, and does not overflow the clock.
  const auto timeout = absl::ToChronoNanoseconds(
      std::clamp(request.timeout, absl::ZeroDuration(), absl::Hours(24 * 365)));
  auto transfer = std::make_unique<Transfer>();
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  transfer->deadline = SteadyClock::now() + timeout;
  loop_->Add(std::move(transfer));
}

}  // namespace cardata
