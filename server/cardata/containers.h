// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cardata/v1/container_service.pb.h"

namespace cardata {

// BMW's containers, read with distrust. What is returned lacks `account`. Errors are
// UPSTREAM_MALFORMED.

// ContainerListDto, {"containers":[...]}, or the bare array. Entries without an id are passed over,
// unless there are no others.
absl::StatusOr<std::vector<v1::Container>> ParseContainerList(absl::string_view body);

// ContainerDetailsDto.
absl::StatusOr<v1::Container> ParseContainer(absl::string_view body);

// CreateContainerRequest.
std::string CreateContainerBody(const v1::CreateContainerRequest& request);

}  // namespace cardata
