/* Wine 8 has no bcryptprimitives.dll, where Rust programs take their random numbers from. Windows has it: this one is
 * for msi/test alone and in no package. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) { return RtlGenRandom(bytes, (ULONG)length); }
