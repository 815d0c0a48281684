// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

// One input. Called by libFuzzer, and by run_corpus.cc with each file of the corpus. -1: the input
// is of no use, 0: all that must hold held. What does not hold ends the program.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace cardata {

// Ends the program, naming the property and what was seen in its place, unless it holds.
void Require(bool holds, absl::string_view property, absl::string_view seen = "");

// What holds of every error's text: one that people can read, whoever wrote the input.
void RequirePresentable(absl::string_view message, size_t longest);

// A message that every gRPC client can read: it parses from its own bytes, and each time and
// duration in it is one by the definition of google.protobuf.
void RequireWellFormed(const google::protobuf::Message& message);

// Takes the first line off `input`; all of it if there is no line's end.
absl::string_view TakeLine(absl::string_view& input);

}  // namespace cardata
