// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/simulator/broker/behaviour.h"
#include "tests/simulator/broker/plugin/id_token.h"

namespace cardata::sim {

// MQTT 5's reason code.
inline constexpr uint8_t kNotAuthorised = 0x87;

// Who may connect, for how long, and who must go: the rules of BMW's broker without Mosquitto, so
// that they can be tested alone. Times are seconds since 1970. Not thread-safe.
class Admission {
 public:
  using Connection = const void*;  // Mosquitto's pointer: compared, never followed

  struct Attempt {
    Connection connection;
    std::string gcid;       // the user name
    std::string client_id;  // as the client sent it
    int protocol = 4;       // 4: MQTT 3.1.1, 5: MQTT 5
    int keep_alive = 0;     // seconds; 0: never
    IdToken token;
    std::string password;
  };
  struct Decision {
    enum class Verdict { kAdmit, kRefuse, kClose };
    Verdict verdict = Verdict::kAdmit;
    uint8_t reason_code = 0;       // of MQTT 5, if refused
    std::string why;               // for the record
    Connection evicted = nullptr;  // this connection has to go first, with 0x8E
    std::string internal_id;       // the client id that Mosquitto shall use: never the same twice
  };
  struct Session {
    std::string gcid;
    std::string client_id;
    std::string internal_id;
    int protocol = 4;
    double deadline = 0;  // 0: none
    uint8_t deadline_code = 0;
    std::string deadline_why;
    bool cut = false;
  };

  // The behaviour of an account; an empty GCID is that of all accounts which have none of their
  // own.
  void SetBehaviour(const std::string& gcid, const Behaviour& behaviour);
  void ClearBehaviours();
  const Behaviour& BehaviourOf(const std::string& gcid) const;

  // The token with which the account's last connection was opened is refused from now on.
  void RejectLastToken(const std::string& gcid, uint8_t reason_code);

  // An admitted attempt is in Find() from here on.
  Decision Connect(const Attempt& attempt, double now);

  // The connection has ended. Returns the session that it had.
  Session Disconnected(Connection connection, double now);

  const Session* Find(Connection connection) const;
  Connection FindByGcid(const std::string& gcid) const;

  // The connection shall end as soon as possible.
  void CutSoon(Connection connection, uint8_t reason_code, const std::string& why);

  // The connections whose time is up; each is returned once.
  std::vector<Connection> Due(double now);

 private:
  struct Account {
    Connection holder = nullptr;
    double held_until = 0;
    std::string last_token;
    std::map<std::string, uint8_t> rejected_tokens;  // and with which reason code
    std::deque<double> attempts;
  };

  Decision Judge(const Attempt& attempt, double now);
  void SetDeadline(const Attempt& attempt, const Behaviour& behaviour, double now,
                   Session& session);

  Behaviour default_behaviour_;
  std::map<std::string, Behaviour> behaviours_;
  std::unordered_map<std::string, Account> accounts_;
  std::unordered_map<Connection, Session> sessions_;
  double next_deadline_ = 0;
  uint64_t admitted_ = 0;
};

// The return code of MQTT 3.1.1 for a reason code of MQTT 5.
uint8_t ConnackFor311(uint8_t reason_code);

}  // namespace cardata::sim
