// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cardata {

// Raises the process's limit of open files as far as it may, and returns it.
int RaiseDescriptorLimit();

// How many connections of callers the limit leaves room for: some are kept for the store, BMW's
// connections and whatever else has to be opened meanwhile. `wanted` at most, 1 at least.
int ConnectionsWithin(int descriptor_limit, int wanted);

}  // namespace cardata
