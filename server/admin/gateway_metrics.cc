// SPDX-License-Identifier: Apache-2.0
#include "server/admin/gateway_metrics.h"

#include <algorithm>
#include <future>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/account/accounts_overview.h"
#include "server/admin/process_metrics.h"
#include "server/version.h"

namespace cardata {
namespace {

// How many of `values` are `bound` at most.
template <class T>
double CountUpTo(const std::vector<T>& values, T bound) {
  return static_cast<double>(
      std::count_if(values.begin(), values.end(), [&](const T& value) { return value <= bound; }));
}

// As go-grpc-prometheus spells them, so that dashboards made for it fit.
const char* TypeOf(CallStats::Kind kind) {
  switch (kind) {
    case CallStats::Kind::kUnary:
      return "unary";
    case CallStats::Kind::kServerStream:
      return "server_stream";
    case CallStats::Kind::kBidiStream:
      return "bidi_stream";
  }
  return "";
}

}  // namespace

std::vector<prometheus::MetricFamily> GatewayMetrics::Collect() const {
  Families families;
  families.Gauge("cardata_build_info", "1, with the version that runs.", 1,
                 {{"version", kVersion}});
  std::promise<void> added;
  const absl::Time posted = parts_.context.clock.SteadyNow();
  parts_.context.executor.Post([&, posted] {
    families.Gauge(
        "cardata_executor_wait_seconds",
        "How long this scrape waited for the one thread that decodes and appends: near 0, "
        "unless there is more to do than it can.",
        absl::ToDoubleSeconds(parts_.context.clock.SteadyNow() - posted));
    parts_.context.tasks.Run(
        [](const GatewayMetrics* self, Families* into, std::promise<void>* done) -> Task<void> {
          co_await self->AddAccounts(*into);
          self->AddUpstream(*into);
          done->set_value();
        }(this, &families, &added));
  });
  added.get_future().wait();
  AddLog(families);
  AddStore(families);
  AddSubscribers(families);
  AddCalls(families);
  AddProcessMetrics(families);
  return families.Take();
}

Task<void> GatewayMetrics::AddAccounts(Families& families) const {
  AccountsOverview overview = co_await Overview(parts_.accounts, parts_.context);
  for (const auto state :
       {v1::ACCOUNT_STATE_PENDING, v1::ACCOUNT_STATE_ACTIVE, v1::ACCOUNT_STATE_NEEDS_LOGIN}) {
    families.Gauge("cardata_accounts", "Accounts by state (cardata.v1.AccountState).",
                   overview.accounts[state],
                   {{"state", LabelOf(v1::AccountState_Name(state), "ACCOUNT_STATE_")}});
  }
  for (const auto state : {v1::STREAM_STATE_OFF, v1::STREAM_STATE_CONNECTING, v1::STREAM_STATE_LIVE,
                           v1::STREAM_STATE_CONTENDED}) {
    families.Gauge("cardata_streams",
                   "Accounts by the state of their connection to BMW's stream "
                   "(cardata.v1.StreamState).",
                   overview.streams[state],
                   {{"state", LabelOf(v1::StreamState_Name(state), "STREAM_STATE_")}});
  }
  families.Gauge("cardata_stream_longest_loss_seconds",
                 "How long the active account whose stream is lost for the longest time has been "
                 "without; 0 if none is.",
                 absl::ToDoubleSeconds(overview.longest_stream_loss));
  if (!overview.requests_left.empty()) {
    families.Gauge("cardata_requests_left_lowest",
                   "REST requests left today, of the active account that has the fewest.",
                   *std::min_element(overview.requests_left.begin(), overview.requests_left.end()));
    families.Gauge("cardata_refresh_token_lowest_remaining_seconds",
                   "Until BMW forgets the refresh token that it forgets first, of active accounts.",
                   absl::ToDoubleSeconds(*std::min_element(overview.refresh_tokens_left.begin(),
                                                           overview.refresh_tokens_left.end())));
  }
  for (const int bound : {0, 5, 10, 25, 50}) {
    families.Gauge("cardata_accounts_by_requests_left",
                   "Active accounts that have at most so many REST requests left today.",
                   CountUpTo(overview.requests_left, bound), {{"at_most", absl::StrCat(bound)}});
  }
  for (const int days : {1, 3, 7, 14}) {
    families.Gauge("cardata_accounts_by_refresh_token_left",
                   "Active accounts whose refresh token BMW forgets within so many days (d).",
                   CountUpTo(overview.refresh_tokens_left, absl::Hours(24 * days)),
                   {{"at_most", absl::StrCat(days, "d")}});
  }
}

void GatewayMetrics::AddUpstream(Families& families) const {
  const AccountStats& stats = parts_.context.stats;
  for (const auto& [key, count] : stats.requests.results()) {
    families.Counter("cardata_upstream_requests_total",
                     "Requests to BMW's REST API and login, by BMW's operation and by result: OK, "
                     "or the error reason.",
                     static_cast<double>(count),
                     {{"operation", key.first}, {"result", key.second}});
  }
  for (const auto& [operation, seconds] : stats.requests.seconds()) {
    families.Histogram("cardata_upstream_request_duration_seconds",
                       "How long BMW's REST API and login took to answer.", seconds,
                       {{"operation", operation}});
  }
  families.Counter("cardata_stream_connects_total", "Connections to BMW's stream that were tried.",
                   static_cast<double>(stats.stream_connects.value()));
  families.Counter("cardata_stream_lost_seconds_total",
                   "Time without a stream, all accounts together; counted when it is back.",
                   absl::ToDoubleSeconds(stats.stream_lost));
  families.Counter("cardata_stream_messages_total", "Messages that BMW's stream brought.",
                   static_cast<double>(stats.stream_messages.value()));
  families.Counter("cardata_stream_messages_dropped_total",
                   "Messages of BMW's stream that were dropped because too many waited.",
                   static_cast<double>(stats.stream_messages_dropped.value()));
  families.Counter("cardata_stream_messages_refused_total",
                   "Messages of BMW's stream that could not be understood or trusted.",
                   static_cast<double>(stats.stream_messages_refused.value()));
}

void GatewayMetrics::AddLog(Families& families) const {
  const EventLog& log = parts_.context.event_log;
  const LogStats& stats = log.stats();
  for (const auto source : {v1::EVENT_SOURCE_STREAM, v1::EVENT_SOURCE_REST}) {
    families.Counter("cardata_events_total", "Events that were appended to the log, by source.",
                     static_cast<double>(stats.appended[source].value()),
                     {{"source", LabelOf(v1::EventSource_Name(source), "EVENT_SOURCE_")}});
  }
  families.Counter("cardata_events_unparsable_total",
                   "Events whose value is not of the kind that BMW's catalogue promises; they have "
                   "its text only.",
                   static_cast<double>(stats.unparsable.value()));
  families.Counter("cardata_events_redelivered_total",
                   "Values that BMW sent once more exactly as before; they are left out.",
                   static_cast<double>(stats.redelivered.value()));
  families.Counter("cardata_events_late_total",
                   "Events that are older than the value that is current.",
                   static_cast<double>(stats.late.value()));
  for (size_t cause = 0; cause < stats.gaps.size(); ++cause) {
    families.Counter(
        "cardata_gaps_total", "Gaps that were announced, by cause.",
        static_cast<double>(stats.gaps[cause].value()),
        {{"cause", LabelOf(v1::GapCause_Name(static_cast<v1::GapCause>(cause)), "GAP_CAUSE_")}});
  }
  families.Counter("cardata_log_sequence_total",
                   "Number of the newest entry of the log; numbers that were given up count, too.",
                   static_cast<double>(log.last_sequence()));
  families.Gauge(
      "cardata_log_entries", "Entries of the log, on the disk and in memory.",
      static_cast<double>(log.EntriesBetween(log.first_sequence() - 1, log.last_sequence())));
  families.Gauge("cardata_log_memory_bytes", "Size of the part of the log that is in memory.",
                 static_cast<double>(log.window().bytes()));
  const absl::Duration age = parts_.context.clock.Now() - log.first_receive_time();
  families.Gauge("cardata_log_age_seconds", "Age of the oldest entry of the log; 0 if it is empty.",
                 std::max(0.0, absl::ToDoubleSeconds(age)));
}

void GatewayMetrics::AddStore(Families& families) const {
  const StoreStats& stats = parts_.store.stats();
  families.Gauge("cardata_store_bytes", "Size of the store's files.",
                 static_cast<double>(parts_.store.BytesOnDisk()));
  if (const auto available = parts_.store.BytesAvailable()) {
    families.Gauge("cardata_store_available_bytes",
                   "What the file system has free for the store's files.",
                   static_cast<double>(*available));
  }
  families.Gauge(
      "cardata_store_healthy",
      "1 if the last commit succeeded and whatever was lost before is announced, else 0.",
      stats.healthy ? 1 : 0);
  families.Histogram("cardata_store_commit_duration_seconds",
                     "How long a commit took, the disk's sync included.", stats.commit_seconds);
  families.Counter("cardata_store_commit_failures_total", "Commits that failed.",
                   static_cast<double>(stats.failed_commits.value()));
}

void GatewayMetrics::AddSubscribers(Families& families) const {
  const LogStats& stats = parts_.context.event_log.stats();
  families.Gauge("cardata_subscribers", "Subscriptions that are open.",
                 static_cast<double>(parts_.rpc.subscribers()));
  families.Counter("cardata_deliveries_total",
                   "Entries that were delivered, all subscribers together.",
                   static_cast<double>(stats.delivered.value()));
  families.Counter("cardata_delivery_messages_total",
                   "Messages to subscribers: batches of entries, and notices.",
                   static_cast<double>(stats.messages.value()));
  families.Counter("cardata_delivery_bytes_total", "Size of those messages.",
                   static_cast<double>(stats.bytes.value()));
  families.Gauge("cardata_subscriber_longest_lag_entries",
                 "How far behind the newest entry the subscriber is that is furthest back.",
                 static_cast<double>(parts_.rpc.longest_lag()));
  families.Counter("cardata_lags_total", "Times that a subscriber fell out of the log.",
                   static_cast<double>(stats.lags.value()));
  families.Counter("cardata_lag_missed_entries_total", "Entries that subscribers missed thereby.",
                   static_cast<double>(stats.missed.value()));
}

// The names are those of go-grpc-prometheus and its kin in other languages.
void GatewayMetrics::AddCalls(Families& families) const {
  for (const auto& stats : parts_.rpc.calls().all()) {
    const std::pair<std::string, std::string> name = absl::StrSplit(stats->method(), '/');
    const Families::Labels labels = {{"grpc_type", TypeOf(stats->kind())},
                                     {"grpc_service", name.first},
                                     {"grpc_method", name.second}};
    families.Counter("grpc_server_started_total", "Calls that came.",
                     static_cast<double>(stats->started()), labels);
    if (stats->started() == 0) continue;
    for (int code = 0; code < CallStats::kCodes; ++code) {
      if (stats->handled(code) == 0) continue;
      Families::Labels with_code = labels;
      with_code.emplace_back("grpc_code", CallStats::CodeName(code));
      families.Counter("grpc_server_handled_total", "Calls that ended, by code.",
                       static_cast<double>(stats->handled(code)), with_code);
    }
    families.Histogram("grpc_server_handling_seconds", "How long calls took until their end.",
                       stats->seconds(), labels);
  }
  const Acceptor& acceptor = parts_.rpc.acceptor();
  families.Counter("cardata_connections_accepted_total", "Connections of callers.",
                   static_cast<double>(acceptor.accepted()));
  families.Counter("cardata_connections_refused_total",
                   "Connections that were closed because there were too many.",
                   static_cast<double>(acceptor.refused()));
  if (parts_.certificates) {
    families.Gauge(
        "cardata_certificate_expiry_timestamp_seconds",
        "When the gateway's certificate expires, in seconds since 1970.",
        absl::ToDoubleSeconds(parts_.certificates->current()->expire_time - absl::UnixEpoch()));
  }
}

}  // namespace cardata
