package check

import (
	"context"
	"fmt"
	"strings"

	"hybrid/planner"
)

// mirrors is what says how the mirror of a database is.
const mirrors = "Get-CsDatabaseMirrorState"

// logQuery is how full the log of rtcxds is, in MB, by the SQL Server itself.
const logQuery = `SELECT name, FILEPROPERTY(name,'SpaceUsed')/128 AS used_mb, size/128 AS size_mb, max_size/128 AS max_mb FROM sys.database_files WHERE type_desc='LOG'`

// logChecks is that of whether the databases stand a mass move.
func logChecks() []Check {
	return []Check{asked(Check{
		ID: "P-LOG", Title: "The log of rtcxds has room for the moves", Kinds: []string{"user_homing"},
		Reads:  "Get-CsDatabaseMirrorState -DatabaseType User of each pool. No cmdlet of the servers shows how full the log is",
		Remedy: "Bring the mirror back into step, or back up the log; then move in smaller waves.",
		Source: "Microsoft's procedure: the log of rtcxds ends at 16 GB unless it was raised, and mirroring makes it worse (KB 2756725)", Run: logRoom,
	}, pools, mirrors)}
}

// logRoom is P-LOG. It can fail, where a mirror keeps the log from being cut off, and never pass: only SQL Server tells the rest.
func logRoom(ctx context.Context, e *Estate) Result {
	if !movesUsers(e.Config.Objects) {
		return Absent("the configuration moves nobody")
	}
	all, _, err := e.frontEnds(ctx)
	if err != nil {
		return Unread(err)
	}
	t := &trial{e: e}
	for _, pool := range all {
		t.mirror(ctx, pool)
	}
	t.unknown("how full the log of rtcxds is: no cmdlet of the servers tells, and it ends at 16 GB unless somebody has raised that")
	r := t.result()
	if r.Verdict == Unknown {
		r.Do = "On the SQL Server of each pool that users leave or come to, run:\n  sqlcmd -E -S SERVER\\INSTANCE -d rtcxds -Q \"" + logQuery + "\"\nWhere used_mb comes near max_mb, back up the log, and move in smaller waves."
	}
	return r
}

func movesUsers(objects []planner.Object) bool {
	for i := range objects {
		if objects[i].Address.Kind == "user_homing" {
			return true
		}
	}
	return false
}

// mirror judges that of a pool's rtcxds. The page and working scripts name the second status differently.
func (t *trial) mirror(ctx context.Context, pool string) {
	all, err := t.e.Cmdlet(ctx, "skype", Cmdlet{Name: mirrors, Params: map[string]any{"PoolFqdn": pool, "DatabaseType": "User"}})
	if err != nil {
		t.unknown("the mirror of rtcxds of %s: %v", pool, err)
		return
	}
	for _, db := range all {
		if !strings.EqualFold(told(db).text("DatabaseName"), "rtcxds") {
			continue
		}
		for _, side := range []string{"Primary", "Secondary", "Mirror"} {
			status := told(db).text("MirroringStatusOn" + side)
			if status == "" {
				continue
			}
			t.seen = append(t.seen, t.e.Saw("MirroringStatusOn"+side+" of rtcxds", status, pool))
			if !strings.EqualFold(status, "synchronized") {
				t.fault(fmt.Sprintf("Bring the mirror of rtcxds of %s back into step before anybody is moved.", pool), "the mirror of rtcxds of %s is %s, not synchronized: until it is, the log grows", pool, status)
			}
		}
	}
	if len(t.seen) == 0 {
		t.seen = append(t.seen, t.e.Saw("mirror of rtcxds", "none", pool))
	}
}
