# SPDX-License-Identifier: Apache-2.0
# Runs a script with every command that Tcl does not know, those of the vendor's tools, only written down:
#   tclsh record.tcl <script> <file for the calls>
# Each line of the file is a call as a JSON list. A call gives back its own name, as a handle does.
lassign $::argv script calls
set ::record [open $calls w]

proc json {text} {
  return "\"[string map {\\ \\\\ \" \\\" \n \\n \t \\t} $text]\""
}
proc unknown {args} {
  puts $::record "\[[join [lmap word $args {json $word}] {, }]\]"
  flush $::record
  if {[info exists ::env(PHASIC_FAILS_AT)] && [lindex $args 0] eq $::env(PHASIC_FAILS_AT)} {
    error "[lindex $args 0] failed"
  }
  return [join $args _]
}
# A namespace of its own would hide the handler from commands such as ipx::current_core.
namespace unknown unknown

set source [open $script]
set text [read $source]
close $source
if {![info complete $text]} {
  error "$script: a brace, bracket or quote is open at its end"
}
source $script
