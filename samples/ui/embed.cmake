# Writes a file as a C array: cmake -DFROM=file -DTO=file.c -DNAME=array -P embed.cmake
file(READ "${FROM}" bytes HEX)
get_filename_component(source "${FROM}" NAME)
# Sixteen bytes a line: some compilers refuse one line of a quarter of a million characters.
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REPEAT "0x..," 16 line)
string(REGEX REPLACE "(${line})" "\\1\n    " bytes "${bytes}")
file(WRITE "${TO}" "/* ${NAME}: the bytes of ${source}.  Written by embed.cmake. */\n"
    "#include \"samples/ui/fonts.h\"\n\nconst unsigned char ${NAME}[] = {\n    ${bytes}\n};\n")
