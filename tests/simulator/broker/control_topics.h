// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the broker's owner (broker.cc) and the plugin say to each other over the private listener.
namespace cardata::sim {

// The user name of the owner's own client; its password is a secret made at each start. It may do
// everything.
inline constexpr char kPublisherName[] = "cardata-sim";

// Commands, JSON, QoS 1; the acknowledgement says that the command is in force, or its reason code
// that it is not understood:
//   {"behaviour": {...}, "gcid": "..."}       see behaviour.h; an empty gcid: all accounts that
//   have none of their own
//   {"reset": true, "gcid": ""}               all behaviours are the default again
//   {"disconnect": 142, "gcid": "..."}        ends the account's connection with this reason code
//   {"reject_token": true, "gcid": "..."}     the id_token of its last connection attempt is
//   refused from now on
inline constexpr char kControlTopic[] = "$CONTROL/cardata-sim/v1";

// What clients did, JSON, see broker_event.h.
inline constexpr char kEventTopic[] = "cardata-sim/events";

}  // namespace cardata::sim
