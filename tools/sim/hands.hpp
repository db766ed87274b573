#pragma once
// What a user can do to a folder, whatever the folder is made of.

#include <cstdint>
#include <string>

namespace tinysync::sim {

/// Paths are relative to the folder. Folders above a path that is written to come into being.
class hands {
 public:
  virtual ~hands() = default;
  virtual bool exists(const std::string& path) const = 0;
  virtual bool is_file(const std::string& path) const = 0;
  virtual void write(const std::string& path, const std::string& bytes) = 0;
  virtual void save(const std::string& path, const std::string& bytes) = 0;  ///< by a new file renamed over it
  virtual void remove(const std::string& path) = 0;                          ///< rm -r; absent: nothing
  virtual void move(const std::string& from, const std::string& to) = 0;     ///< over a file, if one is there
  virtual void exchange(const std::string& a, const std::string& b) = 0;
  virtual void mkdir(const std::string& path) = 0;
  virtual void chmod(const std::string& path, std::uint32_t mode) = 0;
};

}  // namespace tinysync::sim
