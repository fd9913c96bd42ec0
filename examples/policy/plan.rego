# Rules of a team about plans, for those who have Rego already:
#
#     hybrid plan --json > plan.json
#     conftest test --policy examples/policy plan.json
#
# The document is that of `hybrid plan --json`: resource_changes as Terraform's tools know them, and beside them action, risk,
# users, refusals and complete. Moves and runs are "update" in actions; action tells them apart.
package main

# How many users may be moved at a time before somebody is asked.
most_moves := 100

# Whoever deletes a record takes the service away from clients that ask for it.
deny contains message if {
	some change in input.resource_changes
	change.type == "dns_record"
	"delete" in change.change.actions
	message := sprintf("%s: records of DNS are not deleted, and not replaced, by a plan (%s)", [change.address, change.source])
}

# What a guard refuses, nobody need look at.
deny contains message if {
	some refusal in input.refusals
	message := sprintf("guard %s: %s", [refusal.guard, refusal.text])
}

# What could not be read may have to change as well.
deny contains "the plan is not complete: something could not be read, or users are blocked" if not input.complete

warn contains message if {
	moved := sum([change.users.count | some change in input.resource_changes; change.action == "move"; change.users])
	moved > most_moves
	message := sprintf("%d users are moved, more than %d at a time", [moved, most_moves])
}

warn contains message if {
	some change in input.resource_changes
	change.risk == "high"
	message := sprintf("%s: %s of high risk", [change.address, change.action])
}
