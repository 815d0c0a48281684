// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/client/fleet.h"
#include "tests/bench/client/reader.h"
#include "tests/bench/client/tally.h"

namespace cardata::bench {

// What a subscriber gets of every event, on the wire.
inline constexpr size_t kEventBytes = 300;

// A system that hands on events, in processes of its own, which end with the object.
class Server {
 public:
  virtual ~Server() = default;

  // The process that is measured.
  virtual pid_t process() const = 0;
  // Those that the measurement needs besides.
  virtual std::vector<pid_t> helpers() const { return {}; }

  virtual Address subscribers_address() const = 0;
  virtual Address publisher_address() const = 0;

  // The client's end of a connection with the subscribers `first` to `first + count - 1`. Only the
  // gateway has more than one on a connection.
  virtual std::unique_ptr<Reader> NewSubscribers(Tally& tally, size_t first, size_t count) = 0;
  virtual std::unique_ptr<Reader> NewPublisher() = 0;

  // What a publisher sends to publish event `number`.
  virtual void AppendEvent(uint64_t number, std::string& out) = 0;
};

// `folder` is for their files; it is there.
absl::StatusOr<std::unique_ptr<Server>> StartMosquitto(const std::string& folder);
absl::StatusOr<std::unique_ptr<Server>> StartNats(const std::string& folder);
// `program`: cardata-bench-writer.
absl::StatusOr<std::unique_ptr<Server>> StartBareTcp(const std::string& folder,
                                                     const std::string& program);

}  // namespace cardata::bench
