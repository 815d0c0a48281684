// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/plugin/admission.h"

#include <limits>
#include <utility>

#include "tests/simulator/broker/plugin/internal_id.h"

namespace cardata::sim {
namespace {

using Decision = Admission::Decision;

constexpr uint8_t kClientIdNotValid = 0x85;
constexpr uint8_t kBadUserNameOrPassword = 0x86;
constexpr uint8_t kServerUnavailable = 0x88;
constexpr uint8_t kServerBusy = 0x89;
constexpr uint8_t kKeepAliveTimeout = 0x8D;
constexpr uint8_t kQuotaExceeded = 0x97;
constexpr uint8_t kAdministrativeAction = 0x98;
constexpr uint8_t kUnspecified = 0x80;
constexpr uint8_t kUnsupportedProtocolVersion = 0x84;

constexpr double kNever = std::numeric_limits<double>::infinity();

Decision Refuse(uint8_t reason_code, std::string why) {
  Decision decision;
  decision.verdict = Decision::Verdict::kRefuse;
  decision.reason_code = reason_code;
  decision.why = std::move(why);
  return decision;
}

}  // namespace

uint8_t ConnackFor311(uint8_t reason_code) {
  switch (reason_code) {
    case 0:
      return 0;
    case kUnsupportedProtocolVersion:
      return 1;
    case kClientIdNotValid:
      return 2;
    case kUnspecified:
    case kServerUnavailable:
    case kServerBusy:
      return 3;
    case kBadUserNameOrPassword:
      return 4;
    default:
      return 5;
  }
}

void Admission::SetBehaviour(const std::string& gcid, const Behaviour& behaviour) {
  (gcid.empty() ? default_behaviour_ : behaviours_[gcid]) = behaviour;
}

void Admission::ClearBehaviours() {
  default_behaviour_ = {};
  behaviours_.clear();
}

const Behaviour& Admission::BehaviourOf(const std::string& gcid) const {
  auto own = behaviours_.find(gcid);
  return own == behaviours_.end() ? default_behaviour_ : own->second;
}

void Admission::RejectLastToken(const std::string& gcid, uint8_t reason_code) {
  Account& account = accounts_[gcid];
  if (!account.last_token.empty()) account.rejected_tokens[account.last_token] = reason_code;
}

Decision Admission::Judge(const Attempt& attempt, double now) {
  auto own = behaviours_.find(attempt.gcid);
  Behaviour& behaviour = own == behaviours_.end() ? default_behaviour_ : own->second;
  Account& account = accounts_[attempt.gcid];
  account.attempts.push_back(now);
  while (account.attempts.front() <= now - 60) account.attempts.pop_front();
  if (behaviour.connects_per_minute > 0 &&
      account.attempts.size() > static_cast<size_t>(behaviour.connects_per_minute)) {
    return Refuse(kQuotaExceeded, "more connection attempts a minute than allowed");
  }
  if (behaviour.close_on_connect) {
    Decision decision = Refuse(0, "closed without CONNACK on request");
    decision.verdict = Decision::Verdict::kClose;
    return decision;
  }
  if (behaviour.connack != 0 && behaviour.connack_times != 0) {
    const int code = behaviour.connack;
    if (behaviour.connack_times > 0 && --behaviour.connack_times == 0) {
      behaviour.connack = 0;
      behaviour.connack_times = -1;
    }
    return Refuse(static_cast<uint8_t>(code), "refused on request");
  }
  if (attempt.token.problem == IdToken::Problem::kNoStreamScope) {
    return Refuse(kNotAuthorised, Describe(attempt.token.problem));
  }
  if (attempt.token.problem != IdToken::Problem::kNone) {
    return Refuse(kBadUserNameOrPassword, Describe(attempt.token.problem));
  }
  if (static_cast<double>(attempt.token.expires) <= now) {
    return Refuse(kBadUserNameOrPassword, "id_token has expired");
  }
  if (auto rejected = account.rejected_tokens.find(attempt.password);
      rejected != account.rejected_tokens.end()) {
    return Refuse(rejected->second, "id_token was superseded");
  }
  if (behaviour.held_elsewhere) return Refuse(kNotAuthorised, "another program holds the GCID");
  Decision admit;
  if (account.holder != nullptr) {
    const Session& holder = sessions_.at(account.holder);
    if (holder.client_id != attempt.client_id &&
        behaviour.second_connection == Behaviour::SecondConnection::kRefuse) {
      return Refuse(kNotAuthorised, "another client id holds the GCID");
    }
    if (holder.client_id == attempt.client_id && !behaviour.hands_over) {
      return Refuse(kNotAuthorised, "the open connection holds the GCID");
    }
    admit.evicted = account.holder;
  } else if (now < account.held_until) {
    return Refuse(kNotAuthorised, "the previous connection is not yet released");
  }
  return admit;
}

void Admission::SetDeadline(const Attempt& attempt, const Behaviour& behaviour, double now,
                            Session& session) {
  double deadline = kNever;
  auto consider = [&](double when, uint8_t code, const char* why) {
    if (when >= deadline) return;
    deadline = when;
    session.deadline_code = code;
    session.deadline_why = why;
  };
  if (behaviour.cut_at_expiry) {
    consider(static_cast<double>(attempt.token.expires), kAdministrativeAction, "id_token expired");
  }
  if (behaviour.longest_silence > 0 &&
      (attempt.keep_alive == 0 || attempt.keep_alive >= behaviour.longest_silence)) {
    consider(now + behaviour.longest_silence, kKeepAliveTimeout, "keep-alive too long");
  }
  if (behaviour.lifetime_seconds > 0) {
    consider(now + behaviour.lifetime_seconds, kAdministrativeAction, "lifetime on request");
  }
  session.deadline = deadline == kNever ? 0 : deadline;
}

Decision Admission::Connect(const Attempt& attempt, double now) {
  Decision decision = Judge(attempt, now);
  if (attempt.token.problem == IdToken::Problem::kNone)
    accounts_[attempt.gcid].last_token = attempt.password;
  if (decision.verdict != Decision::Verdict::kAdmit) return decision;
  Session session;
  session.gcid = attempt.gcid;
  session.client_id = attempt.client_id;
  session.protocol = attempt.protocol;
  session.internal_id = InternalId(attempt.gcid, attempt.client_id, ++admitted_);
  decision.internal_id = session.internal_id;
  decision.why = Describe(attempt.token.problem);
  SetDeadline(attempt, BehaviourOf(attempt.gcid), now, session);
  if (session.deadline > 0 && (next_deadline_ == 0 || session.deadline < next_deadline_)) {
    next_deadline_ = session.deadline;
  }
  accounts_[attempt.gcid].holder = attempt.connection;
  sessions_[attempt.connection] = std::move(session);
  return decision;
}

Admission::Session Admission::Disconnected(Connection connection, double now) {
  auto found = sessions_.find(connection);
  if (found == sessions_.end()) return {};
  Session session = std::move(found->second);
  sessions_.erase(found);
  Account& account = accounts_[session.gcid];
  if (account.holder == connection) {
    account.holder = nullptr;
    account.held_until = now + BehaviourOf(session.gcid).release_seconds;
  }
  return session;
}

const Admission::Session* Admission::Find(Connection connection) const {
  auto found = sessions_.find(connection);
  return found == sessions_.end() ? nullptr : &found->second;
}

Admission::Connection Admission::FindByGcid(const std::string& gcid) const {
  auto found = accounts_.find(gcid);
  return found == accounts_.end() ? nullptr : found->second.holder;
}

void Admission::CutSoon(Connection connection, uint8_t reason_code, const std::string& why) {
  auto found = sessions_.find(connection);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  session.deadline = 1;
  session.deadline_code = reason_code;
  session.deadline_why = why;
  next_deadline_ = 1;
}

std::vector<Admission::Connection> Admission::Due(double now) {
  std::vector<Connection> due;
  if (next_deadline_ == 0 || now < next_deadline_) return due;
  next_deadline_ = 0;
  for (auto& [connection, session] : sessions_) {
    if (session.deadline == 0 || session.cut) continue;
    if (session.deadline <= now) {
      session.cut = true;
      due.push_back(connection);
    } else if (next_deadline_ == 0 || session.deadline < next_deadline_) {
      next_deadline_ = session.deadline;
    }
  }
  return due;
}

}  // namespace cardata::sim
