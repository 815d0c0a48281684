// SPDX-License-Identifier: Apache-2.0
#include "server/store/token_cipher.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/store/token_key.h"

namespace cardata {
namespace {

constexpr char kFormat = 1;
constexpr size_t kKeyIdBytes = 8;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kHeaderBytes = 1 + kKeyIdBytes + kNonceBytes;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The length in front keeps ("a", "bc") and ("ab", "c") apart.
std::string AdditionalData(absl::string_view account, absl::string_view purpose) {
  return absl::StrCat(account.size(), ":", account, purpose);
}

}  // namespace

absl::StatusOr<TokenCipher> TokenCipher::Create(const std::vector<std::string>& keys,
                                                Random& random) {
  if (keys.empty()) return absl::InvalidArgumentError("there is no key to encrypt tokens with");
  std::vector<Key> with_ids;
  for (const std::string& key : keys) {
    if (key.size() != kTokenKeyBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("a token key has ", kTokenKeyBytes, " bytes, not ", key.size()));
    }
    with_ids.push_back({Digest(key, kKeyIdBytes), key});
  }
  return TokenCipher(std::move(with_ids), random);
}

absl::StatusOr<std::string> TokenCipher::Seal(absl::string_view plaintext,
                                              absl::string_view account,
                                              absl::string_view purpose) const {
  if (plaintext.size() > std::numeric_limits<int>::max() - kHeaderBytes - kTagBytes)
    return absl::InvalidArgumentError("a token is too large to be encrypted");
  const Key& key = keys_.front();
  const std::string nonce = random_->Bytes(kNonceBytes);
  const std::string additional = AdditionalData(account, purpose);
  std::string sealed = absl::StrCat(absl::string_view(&kFormat, 1), key.id, nonce);
  sealed.resize(kHeaderBytes + plaintext.size() + kTagBytes);
  const Context context(EVP_CIPHER_CTX_new());
  int length = 0;
  if (!context ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key.bytes),
                         Bytes(nonce)) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &length, Bytes(additional),
                        static_cast<int>(additional.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), Bytes(sealed) + kHeaderBytes, &length, Bytes(plaintext),
                        static_cast<int>(plaintext.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), Bytes(sealed) + kHeaderBytes + length, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                          Bytes(sealed) + sealed.size() - kTagBytes) != 1)
    return absl::InternalError("OpenSSL could not encrypt a token");
  return sealed;
}

bool TokenCipher::IsCurrent(absl::string_view sealed) const {
  return sealed.size() > kHeaderBytes && sealed[0] == kFormat &&
         sealed.substr(1, kKeyIdBytes) == keys_.front().id;
}

absl::StatusOr<std::string> TokenCipher::Open(absl::string_view sealed, absl::string_view account,
                                              absl::string_view purpose) const {
  const absl::Status changed = absl::DataLossError(absl::StrCat(
      "the ", purpose, " of account \"", account, "\" was changed or damaged on the disk"));
  if (sealed.size() < kHeaderBytes + kTagBytes || sealed[0] != kFormat) return changed;
  const absl::string_view id = sealed.substr(1, kKeyIdBytes);
  const auto key = std::find_if(keys_.begin(), keys_.end(),
                                [id](const Key& candidate) { return candidate.id == id; });
  if (key == keys_.end()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the ", purpose, " of account \"", account,
                     "\" is encrypted with another key (id ", absl::BytesToHexString(id),
                     "; the gateway was given ", absl::BytesToHexString(keys_.front().id),
                     "); if the key was changed, give the file of the old one as "
                     "--previous-token-key-file, too"));
  }
  const absl::string_view nonce = sealed.substr(1 + kKeyIdBytes, kNonceBytes);
  const absl::string_view ciphertext =
      sealed.substr(kHeaderBytes, sealed.size() - kHeaderBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  const std::string additional = AdditionalData(account, purpose);
  std::string plaintext(ciphertext.size(), '\0');
  const Context context(EVP_CIPHER_CTX_new());
  int length = 0;
  if (!context ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key->bytes),
                         Bytes(nonce)) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &length, Bytes(additional),
                        static_cast<int>(additional.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), Bytes(plaintext), &length, Bytes(ciphertext),
                        static_cast<int>(ciphertext.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, Bytes(tag)) != 1)
    return absl::InternalError("OpenSSL could not decrypt a token");
  if (EVP_DecryptFinal_ex(context.get(), Bytes(plaintext) + length, &length) != 1) return changed;
  return plaintext;
}

}  // namespace cardata
