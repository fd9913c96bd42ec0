package main

import "testing"

// What no line of the configuration is at fault for is shown at a file of HCL, as ranges name it, and never at a certificate or a list.
func TestFirstFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dir   string
		files []string
		want  string
	}{
		{".", []string{"certificates/a.cer", "dns.hcl", "main.hcl"}, "dns.hcl"},
		{"contoso", []string{"certificates/a.cer", "users/a.csv", "main.hcl.json"}, "contoso/main.hcl.json"},
		{".", []string{"users.csv"}, ""},
	} {
		if got := firstFile(c.dir, c.files); got != c.want {
			t.Errorf("of %v in %s: %q, not %q", c.files, c.dir, got, c.want)
		}
	}
}
