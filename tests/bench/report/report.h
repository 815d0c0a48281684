// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/bench/measure/figures.h"

namespace cardata::bench {

// Tables in Markdown: the targets, then every figure.
std::string Tables(const Figures& figures);

// Every run, and the medians.
nlohmann::ordered_json ToJson(const Figures& figures);

// An SVG with two charts over the number of subscribers: deliveries a second, and p99.
std::string Plot(const Figures& figures);

}  // namespace cardata::bench
