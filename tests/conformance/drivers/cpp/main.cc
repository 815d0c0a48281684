// SPDX-License-Identifier: Apache-2.0
//
// Does with the C++ client what the conformance runner says; ../../README.md has the commands.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/conformance/drivers/cpp/driver.h"

int main() {
  cardata::conformance::Driver driver;
  for (std::string line; std::getline(std::cin, line);) driver.Do(nlohmann::json::parse(line));
  driver.End();
}
