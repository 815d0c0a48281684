// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "cardata/v1/account.pb.h"
#include "cardata/v1/event.pb.h"
#include "server/account/context.h"
#include "server/account/stream_inbox.h"
#include "server/account/stream_machine.h"
#include "server/account/token_custodian.h"
#include "server/base/channel.h"
#include "server/base/task.h"

namespace cardata {

// Holds one account's one connection to BMW's stream, for as long as the account lives: connects,
// hands over to a connection with a fresh token before the old one's expires, tries again when it
// breaks (stream_machine.h says when), and puts what arrives, and every time without a connection,
// into the log.
//
// On the executor only.
class StreamSession {
 public:
  // `record` and `custodian` are the account's; the session writes, and keeps on the disk, since
  // when the stream is lost. `down_since`: the time from which on events may have been missed
  // because the gateway was not running; InfiniteFuture if none were.
  StreamSession(const AccountContext& context, AccountRecord& record, TokenCustodian& custodian,
                absl::Time down_since, std::stop_token stop);

  // Until `stop` is requested. Nothing of this object may go before that has ended.
  Task<void> Run();

  // There are new tokens, from a login: whatever is being waited for, try now.
  void Wake();

  const v1::StreamStatus& status() const { return status_; }
  // What a person has to do about the stream; empty if nothing.
  const std::string& advice() const { return advice_; }

 private:
  struct Connection {
    int id = 0;
    // When CONNECT was sent; until it was, when it was opened. Nanoseconds since 1970.
    std::shared_ptr<std::atomic<int64_t>> connect_sent;
    absl::Time last_heard;  // it came to live, or brought a message
    std::string password;
    bool live = false;
    std::shared_ptr<StreamInbox> inbox;
    std::unique_ptr<MqttConnection> mqtt;
  };
  struct Woken {};
  using Event = std::variant<Woken, std::pair<int, MqttEvent>>;

  Task<StreamMachine::Retry> ConnectAndHold(Tokens tokens);
  Task<std::optional<StreamMachine::Retry>> AwaitLive(Connection& connection);
  Task<StreamMachine::Retry> Hold();
  // nullopt: handed over, or the old connection was kept because the new one could not be made.
  Task<std::optional<StreamMachine::Retry>> HandOver(Tokens tokens);
  Task<void> Wait(absl::Duration delay);

  const std::string& Password(const Tokens& tokens) const;
  // What it brings waits for its inbox to be released.
  std::shared_ptr<Connection> Open(const Tokens& tokens);
  // Ends a connection without losing what it has received.
  void Close(std::shared_ptr<Connection>& connection);
  void Deliver(Connection& connection, std::vector<StreamMessage> messages);
  void Accept(const StreamMessage& message);
  // The connection was lost at `since`, and is back at `live_time`: that makes a gap in the log.
  // What is lost stays so over a restart.
  void Lose(absl::Time since, v1::GapCause cause);
  void Recover(absl::Time live_time);
  void LoseDownTime();
  void AppendGap(absl::Time start, absl::Time end, v1::GapCause cause, v1::GapLoss loss);
  // Until when the connection that has ended so is known to have been well.
  absl::Time WellUntil(const Connection& connection, const MqttEvent& end) const;
  void KeepRecord();
  bool lost() const { return record_.lost_since != absl::InfiniteFuture(); }
  void SetState(v1::StreamState state);
  StreamMachine::Retry Judge(const MqttEvent& event);

  const AccountContext& context_;
  AccountRecord& record_;
  TokenCustodian& custodian_;
  const std::stop_token stop_;
  StreamMachine machine_;
  std::shared_ptr<Channel<Event>> events_;
  std::shared_ptr<Connection> current_;
  int last_id_ = 0;
  std::string refused_token_;
  v1::StreamStatus status_;
  std::string advice_;
  const absl::Time down_since_;
  absl::Time lost_since_steady_;  // of the steady clock; if lost
  int64_t malformed_ = 0;
  absl::Time malformed_logged_ = absl::InfinitePast();
};

}  // namespace cardata
