package lab

import "strings"

// hostCmdlets are those that every PowerShell has, whatever module its session has, as far as the lab simulates them.
var hostCmdlets = map[string]func(e *Estate, params map[string]any) (output, error){
	"get-date": getDate,
}

func hostCmdlet(name string) func(e *Estate, params map[string]any) (output, error) {
	return hostCmdlets[strings.ToLower(name)]
}

// getDate is Get-Date -Format o, by the host's clock.
func getDate(e *Estate, params map[string]any) (output, error) {
	if format, _ := params["Format"].(string); format != "o" || len(params) != 1 {
		return output{}, &Failure{Message: "The lab does not simulate Get-Date but with -Format o.", Kind: "NotSimulated,Get-Date", Category: "NotImplemented", Type: "System.NotImplementedException"}
	}
	var out output
	err := e.Do(func() error {
		e.read("Get-Date")
		out.texts = []string{netDate(e.now(), offset(e.Trust.Hosts))}
		return nil
	})
	return out, err
}
