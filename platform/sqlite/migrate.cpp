#include "platform/sqlite/migrate.hpp"

#include <string>

namespace tinysync::sqlite {

result<int> migrate(database& db, std::span<const migration> steps) {
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].number != static_cast<int>(i) + 1)
      return tinysync::failure(errc::invalid_argument,
                               "migration " + std::to_string(i + 1) + " is missing");
  auto reached = attempt([&] { return db.user_version(); });
  if (!reached) return reached;
  const int last = static_cast<int>(steps.size());
  if (*reached > last)
    return tinysync::failure(errc::update_required,
                             "the database has schema " + std::to_string(*reached) +
                                 ", this program knows up to " + std::to_string(last));
  for (const auto& step : steps.subspan(static_cast<std::size_t>(*reached))) {
    auto done = attempt([&] {
      transaction t(db);
      db.exec(std::string(step.sql));
      db.set_user_version(step.number);
      t.commit();
    });
    if (!done)
      return tinysync::failure(
          done.error().code, "migration " + std::to_string(step.number) + ": " + done.error().text);
  }
  return last;
}

}  // namespace tinysync::sqlite
