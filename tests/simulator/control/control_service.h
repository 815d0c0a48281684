// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "tests/simulator/broker/broker.h"
#include "tests/simulator/control/router.h"
#include "tests/simulator/load/load.h"
#include "tests/simulator/oauth/device_codes.h"
#include "tests/simulator/oauth/oauth_service.h"
#include "tests/simulator/oauth/tokens.h"
#include "tests/simulator/relay/relay.h"
#include "tests/simulator/rest/containers.h"
#include "tests/simulator/rest/quota.h"
#include "tests/simulator/web/message.h"
#include "tests/simulator/world/faults.h"
#include "tests/simulator/world/fleet.h"
#include "tests/simulator/world/record.h"
#include "tests/simulator/world/sim_clock.h"
#include "tests/simulator/world/switches.h"
#include "tests/simulator/world/world.h"

namespace cardata::sim {

// What the control interface acts on. All of it outlives the interface.
struct ControlContext {
  World& world;
  Fleet& fleet;
  DeviceCodes& codes;
  Tokens& tokens;
  OAuthService& oauth;
  Quota& quota;
  Containers& containers;
  Faults& faults;
  SwitchBoard& switches;
  RequestRecord& requests;
  PublishRecord& published;
  Broker& broker;
  Relay& relay;
  Load& load;
  const Clock& clock;
  const SimClock& sim_clock;
  std::string endpoints;  // the text of endpoints.json
};

// The control interface: HTTP with JSON, for tests and curious people. Every route is listed by
// GET / and in the README. Thread-safe.
class ControlService {
 public:
  explicit ControlService(const ControlContext& context);
  ControlService(const ControlService&) = delete;
  ControlService& operator=(const ControlService&) = delete;

  WebResponse Handle(const WebRequest& request) const { return router_.Handle(request); }

 private:
  Router router_;
};

// The routes, by what they are about.
void AddLoginRoutes(const ControlContext& context, Router& router);
void AddAccountRoutes(const ControlContext& context, Router& router);
void AddFaultRoutes(const ControlContext& context, Router& router);
void AddRecordRoutes(const ControlContext& context, Router& router);
void AddCarRoutes(const ControlContext& context, Router& router);
void AddBrokerRoutes(const ControlContext& context, Router& router);
void AddNetworkRoutes(const ControlContext& context, Router& router);
void AddLoadRoutes(const ControlContext& context, Router& router);
// Keeps a reference to the router, whose calls it makes.
void AddFailureModeRoutes(const ControlContext& context, Router& router);

// The account that a path or a body names, by its name or its GCID.
absl::StatusOr<World::AccountPtr> FindAccount(const World& world, const std::string& name);

}  // namespace cardata::sim
