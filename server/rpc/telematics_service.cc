// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/telematics_service.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "server/error/error.h"
#include "server/rpc/validate.h"
#include "server/telematics/descriptor_patterns.h"

namespace cardata {
namespace {

// Longer ones are not repeated in an error.
constexpr size_t kLongestId = 120;

absl::StatusOr<v1::Event> ParseCurrentValue(const std::string& bytes) {
  v1::SubscribeResponse field;
  if (!field.ParseFromString(bytes) || field.entries_size() != 1 || !field.entries(0).has_event())
    return Error(absl::StatusCode::kInternal, v1::ERROR_REASON_STORE_FAILED,
                 "a current value that the gateway stored cannot be read");
  return std::move(*field.mutable_entries(0)->mutable_event());
}

}  // namespace

Task<absl::StatusOr<v1::GetCurrentValuesResponse>> TelematicsService::GetCurrentValues(
    v1::GetCurrentValuesRequest request, std::stop_token) {
  ASSIGN_OR_CO_RETURN(const std::string vin, ValidateVin("vin", request.vin()));
  if (!request.account().empty())
    CO_RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  ASSIGN_OR_CO_RETURN(const DescriptorPatterns patterns,
                      DescriptorPatterns::Parse(request.descriptor_patterns()));

  const std::vector<KeyId> ids = log_.keys().OfVehicle(vin);
  // A vehicle may stream before BMW was asked for the account's vehicles.
  std::set<std::string> heard_by;
  for (const KeyId id : ids) heard_by.insert(log_.keys().Get(id).account);
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account,
                      accounts_.FindByVehicle(vin, request.account(), heard_by));
  std::vector<v1::Event> values;
  for (const KeyId id : ids) {
    const Key key = log_.keys().Get(id);
    if (key.descriptor_id == kPositionId) continue;
    if (key.account != account->name() || !patterns.Matches(key.descriptor_id)) continue;
    const std::string bytes = log_.current_values().Get(id);
    if (bytes.empty()) continue;
    ASSIGN_OR_CO_RETURN(v1::Event value, ParseCurrentValue(bytes));
    values.push_back(std::move(value));
  }
  std::sort(values.begin(), values.end(), [](const v1::Event& a, const v1::Event& b) {
    return a.descriptor_id() < b.descriptor_id();
  });
  v1::GetCurrentValuesResponse response;
  response.mutable_values()->Assign(std::make_move_iterator(values.begin()),
                                    std::make_move_iterator(values.end()));
  co_return response;
}

Task<absl::StatusOr<v1::ListDescriptorsResponse>> TelematicsService::ListDescriptors(
    v1::ListDescriptorsRequest request, std::stop_token) {
  ASSIGN_OR_CO_RETURN(const DescriptorPatterns patterns,
                      DescriptorPatterns::Parse(request.descriptor_patterns()));
  v1::ListDescriptorsResponse response;
  for (const v1::TelematicDescriptor& descriptor : catalogue_.descriptors()) {
    if (request.has_streamable() && descriptor.streamable() != request.streamable()) continue;
    if (patterns.Matches(descriptor.descriptor_id())) *response.add_descriptors() = descriptor;
  }
  co_return response;
}

Task<absl::StatusOr<v1::GetDescriptorResponse>> TelematicsService::GetDescriptor(
    v1::GetDescriptorRequest request, std::stop_token) {
  const std::string& id = request.descriptor_id();
  if (id.empty())
    co_return InvalidField("descriptor_id", "a descriptor's id; ListDescriptors lists them");
  if (const v1::TelematicDescriptor* found = catalogue_.FindIgnoringCase(id)) {
    v1::GetDescriptorResponse response;
    *response.mutable_telematic_descriptor() = *found;
    co_return response;
  }
  const std::vector<std::string> similar = catalogue_.Similar(id);
  co_return Error(
      absl::StatusCode::kNotFound, v1::ERROR_REASON_DESCRIPTOR_NOT_FOUND,
      absl::StrCat("BMW's catalogue has no descriptor ",
                   id.size() <= kLongestId ? absl::StrCat("\"", id, "\"") : "of that name",
                   similar.empty()
                       ? "; ListDescriptors lists all that there are"
                       : absl::StrCat("; similar ones: ", absl::StrJoin(similar, ", "))))
      .With("similar", absl::StrJoin(similar, ","));
}

}  // namespace cardata
