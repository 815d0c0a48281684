// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/measure/show.h"

namespace cardata::bench {

// The systems, by the names under which they are reported.
inline constexpr char kGateway[] = "gateway";
inline constexpr char kMosquitto[] = "mosquitto";
inline constexpr char kNats[] = "nats";
inline constexpr char kBareTcp[] = "tcp";

// One run of one system: everybody wants every event.
struct FanOut {
  std::string system;
  size_t subscribers = 0;
  size_t connections = 0;
  double bytes_per_subscriber = 0;
  Stretch steady;
  Stretch saturated;
  std::string problem;  // empty: every delivery came, once and in order
};

// The gateway with subscribers of whom one matches.
struct Selectivity {
  std::string filter;  // "vin" or "descriptor"
  size_t subscribers = 0;
  Stretch steady;
  std::string problem;
};

// The gateway under a steady stream.
struct Ingest {
  double events_per_second = 0;
  size_t subscribers = 0;
  Stretch steady;
  std::string problem;
};

// The log alone; of cardata-bench-log.
struct LogAppends {
  double appends_per_second = 0;
  double deletions_per_second = 0;
  double seconds = 0;
  double bytes_on_disk = 0;
  std::string problem;
};

// How the connection upstream is changed for one with a fresh token.
inline constexpr char kTakeOver[] = "take over";
inline constexpr char kDisconnectFirst[] = "disconnect first";

// The gateway's connection upstream, handed over from token to token under a steady stream.
struct HandOver {
  struct Rotation {
    double seconds = 0;      // the announced gap's
    uint64_t published = 0;  // within it
    uint64_t lost = 0;       // where the log has it
  };
  std::string way;
  double events_per_second = 0;
  double round_trip = 0;  // seconds
  uint64_t published = 0;
  std::vector<Rotation> rotations;
  std::vector<double> holes;  // seconds from the end of one to SUBSCRIBE of the next, at the broker
  uint64_t unannounced = 0;   // lost where the log has no gap
  uint64_t outside = 0;       // lost, but published at another time than an announced gap's
  uint64_t disordered = 0;    // or doubled
  uint64_t foreign = 0;
  uint64_t other_gaps = 0;  // for another reason than the hand-over
  std::string problem;
};

struct Figures {
  std::string time;     // when it was measured, UTC
  std::string machine;  // on what
  std::string gateway;  // which version
  std::vector<FanOut> fan_out;
  std::vector<Selectivity> selectivity;
  std::vector<Ingest> ingest;
  std::optional<LogAppends> log;
  std::vector<HandOver> hand_overs;
};

// Whether anything was lost, or could not be measured.
bool HasProblem(const Figures& figures);

}  // namespace cardata::bench
