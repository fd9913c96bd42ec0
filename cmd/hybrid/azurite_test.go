package main

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"os/exec"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/rogpeppe/go-internal/testscript"
)

// The account of Azurite, as its documentation says.
const (
	azuriteAccount = "devstoreaccount1"
	azuriteKey     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// azurite NAME serves Azure's emulator with an empty container until the script ends, sets a variable to the container's address,
// and signs the script in.
func azurite(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "azurite NAME")
	freePort(ts, false, []string{"AZURITE"})
	port := ts.Getenv("AZURITE")
	cmd := exec.Command("azurite-blob", "--blobPort", port, "--location", ts.MkAbs(".azurite"), "--skipApiVersionCheck", "--disableTelemetry", "--silent")
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
		}
	}()
	answers(ts, false, []string{port})
	credential, err := azblob.NewSharedKeyCredential(azuriteAccount, azuriteKey)
	ts.Check(err)
	client, err := azblob.NewClientWithSharedKeyCredential("http://127.0.0.1:"+port+"/"+azuriteAccount, credential, nil)
	ts.Check(err)
	_, err = client.CreateContainer(context.Background(), "runs", nil)
	ts.Check(err)
	ts.Setenv("AZURE_STORAGE_ACCOUNT", azuriteAccount)
	ts.Setenv("AZURE_STORAGE_KEY", azuriteKey)
	ts.Setenv(args[0], "azblob://runs?localemu=true&protocol=http&domain="+url.QueryEscape("127.0.0.1:"+port))
}

// atTerm makes the leases of the program that a story runs as short as the story wants it: HYBRID_STORY_LEASE is a duration.
func atTerm() {
	if text, set := os.LookupEnv("HYBRID_STORY_LEASE"); set {
		term, err := time.ParseDuration(text)
		if err != nil {
			panic(err)
		}
		leaseTerm = term
	}
}
