// SPDX-License-Identifier: Apache-2.0
#include "server/reflection/embedded_descriptor_set.h"

asm(R"(
    .pushsection .rodata
    .hidden cardata_descriptor_set_begin
    .hidden cardata_descriptor_set_end
    .globl cardata_descriptor_set_begin
    .globl cardata_descriptor_set_end
cardata_descriptor_set_begin:
    .incbin ")" CARDATA_DESCRIPTOR_SET R"("
cardata_descriptor_set_end:
    .popsection
)");

extern "C" {
extern const char cardata_descriptor_set_begin[] __attribute__((visibility("hidden")));
extern const char cardata_descriptor_set_end[] __attribute__((visibility("hidden")));
}

namespace cardata {

absl::string_view EmbeddedDescriptorSet() {
  return {cardata_descriptor_set_begin,
          static_cast<size_t>(cardata_descriptor_set_end - cardata_descriptor_set_begin)};
}

}  // namespace cardata
