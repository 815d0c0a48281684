// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/simulator/control/control_service.h"
#include "tests/simulator/failure_modes/failure_mode.h"

// What went wrong for people who used BMW's stream, by name.
namespace cardata::sim {
namespace {

using nlohmann::json;

absl::Status Take(const Router& router, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    WebRequest request;
    request.method = step.method;
    request.path = step.path;
    if (!step.body.is_null()) request.body = step.body.dump();
    const WebResponse response = router.Handle(request);
    if (response.status != 200) {
      return absl::FailedPreconditionError(
          absl::StrCat(step.method, " ", step.path, ": ", response.body));
    }
  }
  return absl::OkStatus();
}

// The account is the named one, or the first.
absl::StatusOr<json> Play(const ControlContext& context, const Router& router,
                          const ControlCall& call, std::vector<Step> FailureMode::*steps) {
  const FailureMode* mode = FindFailureMode(call.Path("name"));
  if (mode == nullptr)
    return absl::NotFoundError("no such failure mode; GET /failure-modes lists them");
  World::AccountPtr account;
  if (call.body.contains("account")) {
    ASSIGN_OR_RETURN(account,
                     FindAccount(context.world, call.body.at("account").get<std::string>()));
  } else if (const auto all = context.world.All(); !all.empty()) {
    account = all.front();
  }
  if (account == nullptr || account->vehicles.empty()) {
    return absl::FailedPreconditionError("needs an account with a vehicle");
  }
  RETURN_IF_ERROR(
      Take(router, For(mode->*steps, account->name, account->gcid, account->vehicles.front().vin)));
  return ToJson(*mode);
}

}  // namespace

void AddFailureModeRoutes(const ControlContext& context, Router& router) {
  router.Add("GET", "/failure-modes", "The 23 failure modes: what each does, and where to look.",
             [](const ControlCall&) {
               json list = json::array();
               for (const FailureMode& mode : FailureModes()) list.push_back(ToJson(mode));
               return json{{"failure_modes", std::move(list)}};
             });
  router.Add("POST", "/failure-modes/{name}/play",
             "Plays one, for {\"account\"} or the first account.",
             [context, &router](const ControlCall& call) {
               return Play(context, router, call, &FailureMode::play);
             });
  router.Add("POST", "/failure-modes/{name}/end",
             "Ends it, for {\"account\"} or the first account.",
             [context, &router](const ControlCall& call) {
               return Play(context, router, call, &FailureMode::end);
             });
}

}  // namespace cardata::sim
