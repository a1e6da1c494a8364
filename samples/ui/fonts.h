/* fonts: the two typefaces, as the bytes of their files (made from fonts/ by embed.cmake). */
#ifndef UI_FONTS_H
#define UI_FONTS_H

extern const unsigned char fonts_sans[];
extern const unsigned char fonts_bold[];

#endif /* UI_FONTS_H */
