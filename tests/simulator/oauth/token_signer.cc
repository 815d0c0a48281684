// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/oauth/token_signer.h"

#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdint>
#include <cstdlib>
#include <utility>

namespace cardata::sim {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeJwt {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};

template <class Write>
std::string Pem(Write write) {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
  if (write(bio.get()) != 1) return "";
  char* text = nullptr;
  const int64_t size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenSigner>> TokenSigner::Create() {
  const std::unique_ptr<EVP_PKEY, FreeKey> key(EVP_RSA_gen(2048));
  std::string private_key = Pem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  std::string public_key = Pem([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.get()); });
  if (private_key.empty() || public_key.empty()) {
    return absl::InternalError("cannot make the key that signs tokens");
  }
  return std::unique_ptr<TokenSigner>(
      new TokenSigner(std::move(private_key), std::move(public_key)));
}

std::string TokenSigner::Sign(const std::string& claims) const {
  jwt_t* raw = nullptr;
  jwt_new(&raw);
  const std::unique_ptr<jwt_t, FreeJwt> jwt(raw);
  jwt_add_grants_json(jwt.get(), claims.c_str());
  jwt_set_alg(jwt.get(), JWT_ALG_RS256, reinterpret_cast<const unsigned char*>(private_key_.data()),
              static_cast<int>(private_key_.size()));
  char* encoded = jwt_encode_str(jwt.get());
  std::string token = encoded == nullptr ? "" : encoded;
  free(encoded);
  return token;
}

}  // namespace cardata::sim
