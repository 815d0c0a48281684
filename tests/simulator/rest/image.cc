// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace cardata::sim {
namespace {

constexpr int kWidth = 256;
constexpr int kHeight = 184;

struct Colour {
  uint8_t red, green, blue;
};

void AppendNumber(uint32_t number, std::string& out) {
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(number >> shift & 0xff);
}

uint32_t Crc(std::string_view data) {
  uint32_t crc = 0xffffffff;
  for (const unsigned char byte : data) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

void AppendChunk(const std::string& type_and_data, std::string& png) {
  AppendNumber(static_cast<uint32_t>(type_and_data.size() - 4), png);
  png += type_and_data;
  AppendNumber(Crc(type_and_data), png);
}

// A zlib stream of stored blocks: nothing is compressed, which gives the size that is wanted.
std::string Stored(const std::string& data) {
  std::string out = "\x78\x01";
  uint32_t a = 1, b = 0;
  for (const unsigned char byte : data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  for (size_t at = 0; at < data.size(); at += 65535) {
    const size_t size = std::min<size_t>(65535, data.size() - at);
    out += static_cast<char>(at + size == data.size());
    for (const size_t number : {size, ~size}) {
      out += static_cast<char>(number & 0xff);
      out += static_cast<char>(number >> 8 & 0xff);
    }
    out.append(data, at, size);
  }
  AppendNumber(b << 16 | a, out);
  return out;
}

Colour Pixel(int x, int y, Colour paint) {
  const auto wheel = [&](int centre) { return std::hypot(x - centre, y - 134); };
  for (const int centre : {72, 186}) {
    if (wheel(centre) < 11) return {170, 170, 175};
    if (wheel(centre) < 22) return {30, 30, 32};
  }
  const bool body = y >= 96 && y <= 134 && x >= 22 && x <= 236;
  const double roof = 96 - 40 * std::sqrt(std::max(0.0, 1 - std::pow((x - 128) / 78.0, 2)));
  if (!body && y < 96 && y > roof) {
    const bool pillar = std::abs(x - 128) < 3 || y < roof + 5;
    return pillar ? paint : Colour{70, 84, 96};
  }
  if (body) return y < 104 ? Colour{235, 235, 235} : paint;
  return y > 134 ? Colour{205, 207, 210} : Colour{240, 243, 246};
}

Colour Paint(Drivetrain drivetrain) {
  switch (drivetrain) {
    case Drivetrain::kPlugInHybrid:
      return {24, 26, 30};
    case Drivetrain::kCombustion:
      return {196, 30, 42};
    case Drivetrain::kBatteryElectric:
      break;
  }
  return {38, 92, 86};
}

}  // namespace

std::string CarImage(const Vehicle& vehicle) {
  const Colour paint = Paint(vehicle.drivetrain);
  std::string rows;
  for (int y = 0; y < kHeight; ++y) {
    rows += '\0';  // no filter
    for (int x = 0; x < kWidth; ++x) {
      const Colour colour = Pixel(x, y, paint);
      rows += static_cast<char>(colour.red);
      rows += static_cast<char>(colour.green);
      rows += static_cast<char>(colour.blue);
    }
  }
  std::string header = "IHDR";
  AppendNumber(kWidth, header);
  AppendNumber(kHeight, header);
  header += std::string("\x08\x02\x00\x00\x00", 5);  // 8 bits, RGB
  std::string png = "\x89PNG\r\n\x1a\n";
  AppendChunk(header, png);
  AppendChunk("IDAT" + Stored(rows), png);
  AppendChunk("IEND", png);
  return png;
}

}  // namespace cardata::sim
