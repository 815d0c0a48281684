// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/base/clock.h"
#include "tests/simulator/oauth/tokens.h"
#include "tests/simulator/rest/containers.h"
#include "tests/simulator/rest/page_tokens.h"
#include "tests/simulator/rest/quota.h"
#include "tests/simulator/rest/route.h"
#include "tests/simulator/web/message.h"
#include "tests/simulator/world/faults.h"
#include "tests/simulator/world/fleet.h"
#include "tests/simulator/world/record.h"
#include "tests/simulator/world/sim_clock.h"
#include "tests/simulator/world/switches.h"
#include "tests/simulator/world/world.h"

namespace cardata::sim {

// BMW's REST host: the eleven operations under /customers. A request passes, in this order: token,
// scope, quota, fault, x-version, and then the operation with its own refusals. Thread-safe.
class RestService {
 public:
  // All of it outlives the service.
  struct Context {
    World& world;
    Fleet& fleet;
    Tokens& tokens;
    Quota& quota;
    Containers& containers;
    PageTokens& page_tokens;
    Faults& faults;
    const SwitchBoard& switches;
    RequestRecord& record;
    const Clock& clock;
    const SimClock& sim_clock;
  };
  explicit RestService(const Context& context) : context_(context) {}

  WebResponse Handle(const WebRequest& request);

 private:
  WebResponse Answer(const WebRequest& request, const Route& route, RequestEntry& entry);
  WebResponse Dispatch(const WebRequest& request, const Route& route, const Account& account);
  WebResponse Mappings(const Account& account) const;
  WebResponse OfVehicle(const WebRequest& request, const Route& route, const Account& account);
  WebResponse TelematicData(const WebRequest& request, const Vehicle& vehicle,
                            const Account& account);
  WebResponse ChargingHistory(const WebRequest& request, const Vehicle& vehicle,
                              const Account& account);
  WebResponse ChargingSettingsPage(const WebRequest& request, const Vehicle& vehicle,
                                   const Account& account);
  WebResponse ListContainers(const Account& account);
  WebResponse CreateContainer(const WebRequest& request, const Account& account);
  WebResponse OfContainer(const Route& route, const Account& account);

  const Context context_;
};

}  // namespace cardata::sim
