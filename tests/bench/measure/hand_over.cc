// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure/hand_over.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/client.h"
#include "server/base/status_macros.h"
#include "tests/bench/client/payload.h"
#include "tests/integration/published.h"
#include "tests/integration/subscriber.h"

namespace cardata::bench {
namespace {

using ::google::protobuf::util::TimeUtil;

constexpr char kTokenLifetime[] = "6s";
constexpr absl::Duration kPatience = absl::Seconds(30);  // for a hand-over
constexpr absl::Duration kAfterwards = absl::Seconds(1);
constexpr absl::Duration kEnd = absl::Seconds(5);

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(time));
}

uint64_t NumberOf(const v1::Event& event) {
  const std::string& text = event.value().text();
  return bench::NumberOf(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

// Publishes at a steady rate in a thread of its own, from construction until `Stop`.
class Publisher {
 public:
  Publisher(Gateway& gateway, double events_per_second)
      : gateway_(gateway),
        rate_(events_per_second),
        thread_([this](const std::stop_token& stop) { status_ = Run(stop); }) {}

  absl::Status Stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return status_;
  }

  // After `Stop`: when each event was published, before it was sent.
  const std::vector<absl::Time>& published() const { return published_; }

 private:
  absl::Status Run(const std::stop_token& stop) {
    Tally tally(0);
    Fleet fleet(tally);
    RETURN_IF_ERROR(fleet.AddPublisher(gateway_.publisher_address(), gateway_.NewPublisher()));
    const absl::Time begin = absl::Now();
    const auto due = [&] {
      return begin + absl::Seconds(static_cast<double>(published_.size()) / rate_);
    };
    while (!stop.stop_requested()) {
      while (due() <= absl::Now()) {
        published_.push_back(absl::Now());
        gateway_.AppendEvent(published_.size(), fleet.publisher_outgoing());
      }
      RETURN_IF_ERROR(fleet.Poll(std::min(due() - absl::Now(), absl::Milliseconds(10))));
    }
    while (!fleet.publisher_outgoing().empty()) RETURN_IF_ERROR(fleet.Poll(absl::Milliseconds(10)));
    return absl::OkStatus();
  }

  Gateway& gateway_;
  const double rate_;
  std::vector<absl::Time> published_;
  absl::Status status_;
  std::jthread thread_;
};

}  // namespace

std::vector<std::string> FlagsForHandOver() {
  return {absl::StrCat("--token-lifetime=", kTokenLifetime)};
}

void CountLosses(const std::vector<absl::Time>& published, const std::vector<v1::Entry>& entries,
                 HandOver& figures) {
  struct Gap {
    absl::Time start;
    absl::Time end;
    HandOver::Rotation rotation;
  };
  std::vector<Gap> gaps;
  for (const v1::Entry& entry : entries) {
    if (!entry.has_gap()) continue;
    figures.other_gaps += entry.gap().cause() != v1::GAP_CAUSE_TOKEN_ROTATION;
    const absl::Time start = ToTime(entry.gap().start_time());
    const absl::Time end = ToTime(entry.gap().end_time());
    const auto count = std::count_if(published.begin(), published.end(),
                                     [&](absl::Time time) { return time >= start && time <= end; });
    gaps.push_back({start,
                    end,
                    {.seconds = absl::ToDoubleSeconds(end - start),
                     .published = static_cast<uint64_t>(count),
                     .lost = 0}});
  }
  uint64_t last = 0;
  bool announced = false;  // since the last event
  size_t next_gap = 0;
  size_t followed = 0;  // gaps behind which an event came; what the others lost is not known
  for (const v1::Entry& entry : entries) {
    if (entry.has_gap()) {
      announced = true;
      ++next_gap;
      continue;
    }
    if (!entry.has_event()) continue;
    const uint64_t number = NumberOf(entry.event());
    if (number == 0 || number > published.size()) {
      ++figures.foreign;
      continue;
    }
    if (number <= last) {
      ++figures.disordered;
      continue;
    }
    for (uint64_t lost = last + 1; lost < number; ++lost) {
      const absl::Time time = published[lost - 1];
      if (announced)
        ++gaps[next_gap - 1].rotation.lost;
      else
        ++figures.unannounced;
      figures.outside += std::none_of(gaps.begin(), gaps.end(), [&](const Gap& gap) {
        return time >= gap.start && time <= gap.end;
      });
    }
    last = number;
    announced = false;
    followed = next_gap;
  }
  figures.published = last;
  gaps.resize(followed);
  for (const Gap& gap : gaps) figures.rotations.push_back(gap.rotation);
}

namespace {

// From the end of one connection, be it by the next one's CONNECT, to the next SUBSCRIBE.
absl::StatusOr<std::vector<double>> HolesAtTheBroker(const SimulatorProcess& simulator,
                                                     absl::Time begin) {
  std::vector<double> holes;
  std::optional<absl::Time> ended;
  for (const nlohmann::json& event : Record(simulator, "/broker/events", "events")) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, event.at("time").get<std::string>(), &time, &error))
      return absl::DataLossError("the simulator's record: " + error);
    if (time < begin || event.value("code", 0) != 0) continue;
    const std::string what = event.at("event");
    if (what == "subscribe" && ended) {
      holes.push_back(absl::ToDoubleSeconds(time - *ended));
      ended.reset();
    }
    if ((what == "connect" || what == "disconnect") && !ended) ended = time;
  }
  return holes;
}

}  // namespace

absl::Status MeasureHandOver(Gateway& gateway, int rotations, HandOver& figures) {
  SimulatorProcess& simulator = gateway.simulator();
  RETURN_IF_ERROR(
      simulator.Patch("/broker/behaviour", {{"hands_over", figures.way == kTakeOver}}).status());
  RETURN_IF_ERROR(
      simulator.Patch("/network", {{"round_trip_ms", figures.round_trip * 1e3}}).status());
  ASSIGN_OR_RETURN(const client::Client caller,
                   client::Connect(absl::StrCat("127.0.0.1:", gateway.subscribers_address().port)));
  Subscriber subscriber(caller.channel());
  if (!subscriber.WaitUntilCaughtUp()) return absl::UnavailableError("no subscription");

  const absl::Time begin = absl::Now();
  Publisher publisher(gateway, figures.events_per_second);
  size_t seen = 0;
  int gaps = 0;
  uint64_t newest = 0;
  const auto look = [&](const Subscriber::Responses& responses) {
    for (; seen < responses.size(); ++seen) {
      for (const v1::Entry& entry : responses[seen].entries()) {
        gaps += entry.has_gap();
        if (entry.has_event()) newest = std::max(newest, NumberOf(entry.event()));
      }
    }
  };
  const auto rotated = [&](const Subscriber::Responses& responses) {
    look(responses);
    return gaps >= rotations;
  };
  if (!subscriber.WaitFor(rotated, rotations * kPatience))
    return absl::UnavailableError(absl::StrCat(gaps, " of ", rotations, " hand-overs came"));
  absl::SleepFor(kAfterwards);
  RETURN_IF_ERROR(publisher.Stop());
  // The end may fall into a hand-over: then the last event never comes.
  subscriber.WaitFor(
      [&](const Subscriber::Responses& responses) {
        look(responses);
        return newest == publisher.published().size();
      },
      kEnd);
  CountLosses(publisher.published(), subscriber.entries(), figures);
  ASSIGN_OR_RETURN(figures.holes, HolesAtTheBroker(simulator, begin));
  if (figures.foreign + figures.disordered + figures.unannounced + figures.other_gaps == 0)
    return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(figures.unannounced, " lost without a notice, ",
                                          figures.disordered, " doubled or out of order, ",
                                          figures.foreign, " unknown; ", figures.other_gaps,
                                          " gaps for other reasons"));
}

}  // namespace cardata::bench
