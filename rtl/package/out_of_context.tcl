# SPDX-License-Identifier: Apache-2.0
# Synthesis of the RTL kernel by itself, without a platform around it, in Vivado: how much of the part it takes, and how far its clock is
# met before placement. scripts/build_xclbin --stage out_of_context writes the settings that PHASIC_SETTINGS names (an array `phasic`) and
# runs:  vivado -mode batch -source out_of_context.tcl
if {![info exists ::env(PHASIC_SETTINGS)]} {
  error "PHASIC_SETTINGS is not set; scripts/build_xclbin runs this script"
}
source $::env(PHASIC_SETTINGS)

cd $phasic(work)
create_project -in_memory -part $phasic(part)
read_verilog -sv $phasic(rtl_files)

# The clock is a constraint before synthesis, which is timing-driven.
set constraints [file join $phasic(work) clock.xdc]
set stream [open $constraints w]
puts $stream "create_clock -name ap_clk -period $phasic(period_ns) \[get_ports ap_clk\]"
close $stream
read_xdc -mode out_of_context $constraints

# Sizes of the build, where the platform file asks for others than the contract's defaults.
set generics {}
foreach {parameter value} $phasic(parameters) {
  lappend generics -generic $parameter=$value
}
synth_design -mode out_of_context -top $phasic(top) -part $phasic(part) {*}$generics

report_utilization -file [file join $phasic(work) utilization.rpt]
report_utilization -hierarchical -file [file join $phasic(work) utilization_by_module.rpt]
report_timing_summary -file [file join $phasic(work) timing_summary.rpt]
write_checkpoint -force [file join $phasic(work) out_of_context.dcp]
puts "phasic: done"
exit
