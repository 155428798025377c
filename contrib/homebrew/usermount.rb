# SPDX-License-Identifier: MIT
#
# make dist writes the release's address and sum into a copy of this, build/dist/usermount.rb, for a tap:
#     brew tap-new me/usermount
#     cp build/dist/usermount.rb "$(brew --repository me/usermount)/Formula/"
#     brew install me/usermount/usermount
class Usermount < Formula
  desc "NFS agent for the VM of Docker for Mac, and the packer that puts it there"
  homepage "file:///"
  url "file:///usermount-0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license all_of: ["MIT", "BSD-3-Clause", "LGPL-2.1-or-later"]

  uses_from_macos "zlib"

  def install
    system "make", "install", "ISAL=no", "LAUNCHD=no", "PREFIX=#{prefix}"
  end

  service do
    run [opt_bin/"usermount-pack", "events"]
    keep_alive true
    log_path var/"log/usermount-events.log"
    error_log_path var/"log/usermount-events.log"
  end

  def caveats
    <<~TEXT
      Put the agent into Docker's VM, once and after each upgrade of Docker:
        sudo usermount-pack add
      Report edits on the Mac to the VM:
        brew services start usermount
      The Mac's own settings are described in #{doc}/README.md.
    TEXT
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/usermount-pack --version")
  end
end
