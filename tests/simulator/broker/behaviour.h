// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace cardata::sim {

// How the broker treats the connections of an account. The defaults are what BMW does on a good
// day; everything else is a fault on request. It takes effect at the next CONNECT, SUBSCRIBE or
// message; connections that are open stay open.
//
// Reason codes are those of MQTT 5; a client of MQTT 3.1.1 gets the return code that comes nearest
// (ConnackFor311).
struct Behaviour {
  enum class SecondConnection { kRefuse, kTakeOver };
  enum class HashFilter { kRefuse, kSilent, kAllow };

  // CONNECT
  int connack = 0;                // not 0: CONNECT is answered with this reason code
  int connack_times = -1;         // so many times, then connack is 0 again; -1: always
  bool close_on_connect = false;  // the connection ends without a CONNACK
  bool held_elsewhere = false;    // another program holds the GCID: whoever comes gets 5/135
  int connects_per_minute = 0;    // more attempts than that are answered 5/151; 0: no limit
  double release_seconds = 0;     // so long after its end a connection still holds the GCID
  SecondConnection second_connection = SecondConnection::kRefuse;  // with another client id
  bool hands_over = true;  // false: one with the same client id is refused with 5/135, too

  // SUBSCRIBE
  bool descriptors_ticked = true;  // false: each SUBSCRIBE is refused with 0x80, MQTT 5: 0x87
  HashFilter hash_filter = HashFilter::kRefuse;  // {gcid}/# and the like
  bool drop_after_refusal =
      true;  // a refused topic filter also ends the connection of a client of MQTT 5

  // The rest of its life
  double longest_silence =
      60;  // seconds: clients that announce this keep-alive or more are cut after so long; 0: never
  double lifetime_seconds = 0;  // cut so long after CONNACK; 0: never
  bool cut_at_expiry = true;    // cut when the id_token expires
  bool deliver = true;          // false: connected, subscribed, and nothing arrives

  friend bool operator==(const Behaviour&, const Behaviour&) = default;
};

// Members are named as above; enumerations are "refuse", "take_over", "silent", "allow".
nlohmann::json ToJson(const Behaviour& behaviour);

// Changes the members that `patch` names. Returns what is wrong with it, and changes nothing then;
// empty: all is well.
std::string Patch(const nlohmann::json& patch, Behaviour& behaviour);

}  // namespace cardata::sim
