// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/container_service.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/error/error.h"
#include "server/rpc/read.h"
#include "server/rpc/validate.h"

namespace cardata {
namespace {

constexpr int kLongestText = 255;

// Only the spelling: BMW offers new descriptors at any time.
absl::Status ValidateDescriptorId(absl::string_view field, absl::string_view id) {
  const auto fits = [](unsigned char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_'; };
  if (!id.empty() && id.size() <= kLongestText && std::all_of(id.begin(), id.end(), fits))
    return absl::OkStatus();
  return InvalidField(field,
                      "a descriptor's id is made of letters, digits, '.' and '_', for example "
                      "vehicle.drivetrain.batteryManagement.header");
}

absl::Status Validate(const v1::CreateContainerRequest& request) {
  RETURN_IF_ERROR(ValidateText("name", request.name(), kLongestText));
  RETURN_IF_ERROR(ValidateText("purpose", request.purpose(), kLongestText));
  if (request.descriptor_ids().empty())
    return InvalidField("descriptor_ids",
                        "name at least one; cardata.v1.TelematicsService/ListDescriptors lists "
                        "those there are");
  for (int i = 0; i < request.descriptor_ids_size(); ++i)
    RETURN_IF_ERROR(
        ValidateDescriptorId(absl::StrCat("descriptor_ids[", i, "]"), request.descriptor_ids(i)));
  return absl::OkStatus();
}

absl::Status About(const std::string& container_id, const absl::Status& status) {
  return AddMetadata(status, "containerId", container_id);
}

}  // namespace

Task<absl::StatusOr<v1::ListContainersResponse>> ContainerService::ListContainers(
    v1::ListContainersRequest request, std::stop_token stop) {
  CO_RETURN_IF_ERROR(ValidateMaxStaleness(request.max_staleness()));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account, FindAccount(request.account()));
  const Account::RestCall<std::vector<v1::Container>> list = [&](RestClient& rest,
                                                                 std::string access_token) {
    return rest.ListContainers(std::move(access_token), stop);
  };
  auto answer = co_await account->Ask<std::vector<v1::Container>>("listContainers", list, stop);
  if (!answer.ok()) co_return answer.status();
  v1::ListContainersResponse response;
  for (v1::Container& container : answer->value) {
    container.set_account(account->name());
    *response.add_containers() = std::move(container);
  }
  *response.mutable_read() = UpstreamRead(answer->time, answer->requests_spent);
  co_return response;
}

Task<absl::StatusOr<v1::GetContainerResponse>> ContainerService::GetContainer(
    v1::GetContainerRequest request, std::stop_token stop) {
  CO_RETURN_IF_ERROR(ValidateContainerId("container_id", request.container_id()));
  CO_RETURN_IF_ERROR(ValidateMaxStaleness(request.max_staleness()));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account, FindAccount(request.account()));
  const Account::RestCall<v1::Container> get = [&](RestClient& rest, std::string access_token) {
    return rest.GetContainer(std::move(access_token), request.container_id(), stop);
  };
  auto answer = co_await account->Ask<v1::Container>("getContainerDetails", get, stop);
  if (!answer.ok()) co_return About(request.container_id(), answer.status());
  v1::GetContainerResponse response;
  *response.mutable_container() = std::move(answer->value);
  response.mutable_container()->set_account(account->name());
  *response.mutable_read() = UpstreamRead(answer->time, answer->requests_spent);
  co_return response;
}

Task<absl::StatusOr<v1::CreateContainerResponse>> ContainerService::CreateContainer(
    v1::CreateContainerRequest request, std::stop_token stop) {
  CO_RETURN_IF_ERROR(Validate(request));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account, FindAccount(request.account()));
  const Account::RestCall<v1::Container> create = [&](RestClient& rest, std::string access_token) {
    return rest.CreateContainer(std::move(access_token), request, stop);
  };
  auto answer = co_await account->Ask<v1::Container>("createContainer", create, stop);
  if (!answer.ok()) co_return answer.status();
  v1::CreateContainerResponse response;
  *response.mutable_container() = std::move(answer->value);
  response.mutable_container()->set_account(account->name());
  *response.mutable_read() = UpstreamRead(answer->time, answer->requests_spent);
  co_return response;
}

Task<absl::StatusOr<v1::DeleteContainerResponse>> ContainerService::DeleteContainer(
    v1::DeleteContainerRequest request, std::stop_token stop) {
  CO_RETURN_IF_ERROR(ValidateContainerId("container_id", request.container_id()));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account, FindAccount(request.account()));
  const Account::RestCall<std::monostate> erase = [&](RestClient& rest, std::string access_token) {
    return rest.DeleteContainer(std::move(access_token), request.container_id(), stop);
  };
  const auto answer = co_await account->Ask<std::monostate>("deleteContainer", erase, stop);
  if (!answer.ok()) co_return About(request.container_id(), answer.status());
  v1::DeleteContainerResponse response;
  *response.mutable_read() = UpstreamRead(answer->time, answer->requests_spent);
  co_return response;
}

absl::StatusOr<std::shared_ptr<Account>> ContainerService::FindAccount(
    const std::string& name) const {
  if (!name.empty()) RETURN_IF_ERROR(ValidateAccountName("account", name));
  return accounts_.Find(name);
}

}  // namespace cardata
