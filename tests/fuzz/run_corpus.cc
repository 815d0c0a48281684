// SPDX-License-Identifier: Apache-2.0
//
// Runs the files of a corpus through a fuzzer's function, without libFuzzer: what was found once
// stays found with any compiler. Usage: PROGRAM FOLDER
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  if (argc == 2)
    for (const auto& entry : std::filesystem::directory_iterator(argv[1], error))
      if (entry.is_regular_file()) files.push_back(entry.path());
  if (files.empty()) {
    std::fprintf(stderr, "Usage: %s FOLDER, which must hold files\n", argv[0]);
    return 2;
  }
  std::sort(files.begin(), files.end());
  int useless = 0;
  for (const std::filesystem::path& path : files) {
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);  // the last line names the file that ended the program
    std::ifstream file(path, std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    if (LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size()) != 0) {
      std::printf("  is of no use: the fuzzer does not know its first line\n");
      ++useless;
    }
  }
  return useless == 0 ? 0 : 1;
}
