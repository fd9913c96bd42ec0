package powershell

func gone(int) bool { return true }
