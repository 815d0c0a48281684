// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure/show.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "tests/bench/client/clock.h"
#include "tests/bench/servers/process_usage.h"

namespace cardata::bench {
namespace {

constexpr absl::Duration kSettle = absl::Milliseconds(500);
constexpr absl::Duration kSilence = absl::Seconds(30);
constexpr size_t kPublishedAtOnce = 64;
constexpr size_t kUnsentBytes = size_t{64} << 10;

struct Cpu {
  double server = 0;
  double helpers = 0;
  double client = 0;
  double busy = 0;
};

Cpu CpuNow(const Server& server) {
  Cpu cpu{CpuSeconds(server.process()), 0, CpuSeconds(getpid()), BusySeconds()};
  for (const pid_t helper : server.helpers()) cpu.helpers += CpuSeconds(helper);
  return cpu;
}

double Seconds(uint64_t nanos) { return static_cast<double>(nanos) * 1e-9; }

}  // namespace

Show::Show(Server& server, const Audience& audience)
    : server_(server),
      audience_(audience),
      matching_(audience.matching == 0 ? audience.subscribers : audience.matching),
      tally_(audience.subscribers),
      fleet_(tally_) {}

absl::StatusOr<std::unique_ptr<Show>> Show::Begin(Server& server, const Audience& audience) {
  std::unique_ptr<Show> show(new Show(server, audience));
  const int64_t before = ResidentBytes(server.process());
  size_t first = 0;
  for (size_t i = 0; i < audience.connections; ++i) {
    const size_t count = audience.subscribers / audience.connections +
                         (i < audience.subscribers % audience.connections ? 1 : 0);
    RETURN_IF_ERROR(show->fleet_.Add(server.subscribers_address(),
                                     server.NewSubscribers(show->tally_, first, count)));
    first += count;
  }
  RETURN_IF_ERROR(show->fleet_.WaitUntilReady());
  for (const absl::Time end = absl::Now() + kSettle; absl::Now() < end;)
    RETURN_IF_ERROR(show->fleet_.Poll(absl::Milliseconds(10)));
  show->bytes_per_subscriber_ = static_cast<double>(ResidentBytes(server.process()) - before) /
                                static_cast<double>(audience.subscribers);
  RETURN_IF_ERROR(show->fleet_.AddPublisher(server.publisher_address(), server.NewPublisher()));
  return show;
}

void Show::Publish(uint64_t now) {
  server_.AppendEvent(tally_.Publish(now), fleet_.publisher_outgoing());
}

absl::StatusOr<Stretch> Show::Steady(double events_per_second, absl::Duration warm_up,
                                     absl::Duration duration) {
  const uint64_t begin = NowNanos();
  const double nanos_between = 1e9 / events_per_second;
  uint64_t published = 0;
  const auto due = [&] {
    return begin + static_cast<uint64_t>(nanos_between * static_cast<double>(published));
  };
  return Run(
      [&](uint64_t now) {
        for (; due() <= now; ++published) Publish(now);
        return absl::Nanoseconds(due() - now);
      },
      warm_up, duration);
}

absl::StatusOr<Stretch> Show::Saturated(uint64_t outstanding, absl::Duration warm_up,
                                        absl::Duration duration) {
  return Run(
      [&](uint64_t now) {
        for (size_t i = 0; i < kPublishedAtOnce && Waiting() < outstanding * matching_ &&
                           fleet_.publisher_outgoing().size() < kUnsentBytes;
             ++i)
          Publish(now);
        return absl::Milliseconds(1);
      },
      warm_up, duration);
}

absl::StatusOr<Stretch> Show::Run(const Publisher& publisher, absl::Duration warm_up,
                                  absl::Duration duration) {
  const uint64_t begin = NowNanos() + static_cast<uint64_t>(absl::ToInt64Nanoseconds(warm_up));
  const uint64_t end = begin + static_cast<uint64_t>(absl::ToInt64Nanoseconds(duration));
  uint64_t began = 0;
  Cpu cpu;
  Stretch stretch;
  for (;;) {
    const uint64_t now = NowNanos();
    if (began == 0 && now >= begin) {
      began = now;
      cpu = CpuNow(server_);
      stretch.published = tally_.published();
      stretch.delivered = tally_.delivered();
      stretch.bytes = fleet_.bytes_received();
      tally_.StartTiming();
    }
    if (now >= end) {
      const Histogram& latency = tally_.StopTiming();
      const Cpu cpu_now = CpuNow(server_);
      stretch.seconds = Seconds(now - began);
      stretch.published = tally_.published() - stretch.published;
      stretch.delivered = tally_.delivered() - stretch.delivered;
      stretch.waiting = Waiting() / matching_;
      stretch.bytes = fleet_.bytes_received() - stretch.bytes;
      stretch.server_cpu = cpu_now.server - cpu.server;
      stretch.helpers_cpu = cpu_now.helpers - cpu.helpers;
      stretch.client_cpu = cpu_now.client - cpu.client;
      stretch.foreign_cpu = std::max(0.0, cpu_now.busy - cpu.busy - stretch.server_cpu -
                                              stretch.helpers_cpu - stretch.client_cpu);
      stretch.p50 = Seconds(latency.Quantile(0.5));
      stretch.p99 = Seconds(latency.Quantile(0.99));
      stretch.p999 = Seconds(latency.Quantile(0.999));
      return stretch;
    }
    const absl::Duration wait = publisher(now);
    RETURN_IF_ERROR(fleet_.Poll(std::min(wait, absl::Milliseconds(10))));
  }
}

absl::Status Show::Drain() {
  uint64_t delivered = tally_.delivered();
  for (absl::Time last = absl::Now(); Waiting() > 0 && absl::Now() < last + kSilence;) {
    RETURN_IF_ERROR(fleet_.Poll(absl::Milliseconds(10)));
    if (tally_.delivered() == delivered) continue;
    delivered = tally_.delivered();
    last = absl::Now();
  }
  return absl::OkStatus();
}

absl::Status Show::Verdict() const {
  const uint64_t missing = tally_.Missing(matching_);
  if (missing + tally_.repeated() + tally_.foreign() + tally_.lags() + tally_.gaps() == 0)
    return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("of ", tally_.published(), " events to ", matching_, " subscribers, ", missing,
                   " missing, ", tally_.repeated(), " doubled or out of order, ", tally_.foreign(),
                   " unknown; ", tally_.lags(), " lag notices, ", tally_.gaps(), " gap notices"));
}

}  // namespace cardata::bench
