// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "absl/status/statusor.h"
#include "cardata/v1/container_service.pb.h"
#include "server/account/accounts.h"
#include "server/base/task.h"

namespace cardata {

// cardata.v1.ContainerService. On the accounts' executor.
class ContainerService {
 public:
  explicit ContainerService(Accounts& accounts) : accounts_(accounts) {}

  Task<absl::StatusOr<v1::ListContainersResponse>> ListContainers(v1::ListContainersRequest request,
                                                                  std::stop_token stop);
  Task<absl::StatusOr<v1::GetContainerResponse>> GetContainer(v1::GetContainerRequest request,
                                                              std::stop_token stop);
  Task<absl::StatusOr<v1::CreateContainerResponse>> CreateContainer(
      v1::CreateContainerRequest request, std::stop_token stop);
  Task<absl::StatusOr<v1::DeleteContainerResponse>> DeleteContainer(
      v1::DeleteContainerRequest request, std::stop_token stop);

 private:
  absl::StatusOr<std::shared_ptr<Account>> FindAccount(const std::string& name) const;

  Accounts& accounts_;
};

}  // namespace cardata
