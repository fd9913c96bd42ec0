# Two hundred users go home in waves: Support first, everyone else once that is through.

hybrid {
  journal = "journal"

  window "weeknights" {
    days     = ["mon", "tue", "wed", "thu"]
    start    = "20:00"
    duration = "8h"
    timezone = "America/New_York"
  }
}

provider "skype" {
  hosts    = ["fe01.contoso.com", "fe02.contoso.com", "fe03.contoso.com"]
  auth     = "basic"
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

user_homing "support" {
  users  = users_csv("users/all.csv", { department = "Support" })
  target = "pool01.contoso.com"

  wave {
    canary       = 5
    batch        = 25
    parallel     = 4
    max_failures = 0
    window       = "weeknights"
  }
}

user_homing "everyone-else" {
  for_each = toset(["Sales", "Finance", "Research"])
  users    = users_csv("users/all.csv", { department = each.key })
  target   = "pool02.contoso.com"

  wave {
    batch        = 50
    parallel     = 8
    max_failures = "2%"
    window       = "weeknights"
  }

  depends_on = [user_homing.support]
}
